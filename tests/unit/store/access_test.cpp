// SPDX-License-Identifier: Apache-2.0
// Goal: who may call comes back as it was stored, and never changes without a
// record. Method: the public interface, across openings.
#include "sample.hpp"

#include "messages/limits.hpp"

#include <catch2/catch.hpp>

using namespace byollm;
using namespace byollm::sample;

namespace {

stored_service_token token(std::string name, uint8_t fill = 7) {
  stored_service_token made;
  made.shown = {std::move(name), 3, "notes", 1'700'000'000'123};
  made.digest.fill(fill);
  made.seal.fill(static_cast<uint8_t>(fill + 1));
  return made;
}

status change_access(store& to, access_change what) {
  return wait<status>([&](auto done) {
    to.change_access(std::move(what), change(), std::move(done));
  });
}

stored_access load(store& from) {
  auto found = wait<expected<stored_access>>(
    [&](auto done) { from.load_access(std::move(done)); });
  REQUIRE(found);
  return *found;
}

} // namespace

TEST_CASE("service tokens come back as they were stored", "[access]") {
  scratch directory;
  {
    auto store = open(directory.path());
    CHECK(load(*store).tokens.empty());
    CHECK(load(*store).signing_generation == 1);
    REQUIRE(change_access(*store, {token("panel"), {}, {}}));
    REQUIRE(change_access(*store, {token("host", 9), {}, {}}));
    REQUIRE(change_access(*store, {{}, {}, 2}));
  }
  auto store = open(directory.path());
  auto found = load(*store);
  REQUIRE(found.tokens.size() == 2);
  CHECK(found.tokens[1].shown == token("panel").shown);
  CHECK(found.tokens[1].digest == token("panel").digest);
  CHECK(found.tokens[1].seal == token("panel").seal);
  CHECK(found.signing_generation == 2);
  REQUIRE(change_access(*store, {{}, "panel", {}}));
  CHECK(load(*store).tokens.size() == 1);
  CHECK(list(*store)->size() == 4);
  CHECK(verify(*store).intact);
}

TEST_CASE("what cannot be changed leaves no record", "[access]") {
  scratch directory;
  auto store = open(directory.path());
  REQUIRE(change_access(*store, {token("panel"), {}, {}}));
  auto refusal = [&](access_change what) {
    auto done = change_access(*store, std::move(what));
    REQUIRE_FALSE(done);
    return done.error().code;
  };
  CHECK(refusal({token("panel", 9), {}, {}}) == errc::invalid_request);
  CHECK(refusal({{}, "nobody", {}}) == errc::not_found);
  CHECK(list(*store)->size() == 1);
  CHECK(load(*store).tokens.front().digest == token("panel").digest);
  // And the store goes on.
  CHECK(change_access(*store, {token("host"), {}, {}}));
}

TEST_CASE("service tokens have a bound", "[access]") {
  scratch directory;
  auto store = open(directory.path());
  for (size_t i = 0; i < limits::service_tokens_max; ++i)
    REQUIRE(change_access(*store, {token(std::to_string(i)), {}, {}}));
  auto done = change_access(*store, {token("one-more"), {}, {}});
  REQUIRE_FALSE(done);
  CHECK(done.error().code == errc::limit_exceeded);
}

namespace {

access_change client(std::string id, int64_t created, int64_t expires) {
  access_change made;
  auto& token = made.add_client.emplace();
  token.shown = {std::move(id),        "acme",  "ada",  "api",
                 {"summary", "title"}, created, expires};
  token.digest.fill(7);
  token.seal.fill(8);
  return made;
}

access_change of_user(std::string id, std::string user) {
  auto made = client(std::move(id), 100, 0);
  made.add_client->shown.user = std::move(user);
  return made;
}

access_change without(std::string id) {
  access_change made;
  made.remove_client = std::move(id);
  return made;
}

} // namespace

TEST_CASE("client tokens come back as they were stored", "[access]") {
  scratch directory;
  {
    auto store = open(directory.path());
    CHECK(load(*store).clients.empty());
    REQUIRE(change_access(*store, client("a", 100, 200)));
    REQUIRE(change_access(*store, client("b", 150, 0)));
  }
  auto store = open(directory.path());
  auto found = load(*store).clients;
  REQUIRE(found.size() == 2);
  CHECK(found[0].shown == client("a", 100, 200).add_client->shown);
  CHECK(found[0].digest == client("a", 100, 200).add_client->digest);
  CHECK(found[0].seal == client("a", 100, 200).add_client->seal);
  CHECK(found[1].shown.expires_unix_ms == 0);
  // A new one takes the place of those that have expired.
  REQUIRE(change_access(*store, client("c", 200, 300)));
  CHECK(load(*store).clients.size() == 2);
  REQUIRE(change_access(*store, without("b")));
  auto again = change_access(*store, without("b"));
  REQUIRE_FALSE(again);
  CHECK(again.error().code == errc::not_found);
  CHECK(load(*store).clients.front().shown.id == "c");
  CHECK(list(*store)->size() == 4);
  CHECK(verify(*store).intact);
}

TEST_CASE("all client tokens of one user go at once", "[access]") {
  scratch directory;
  {
    auto store = open(directory.path());
    REQUIRE(change_access(*store, of_user("a", "ada")));
    REQUIRE(change_access(*store, of_user("b", "bob")));
    REQUIRE(change_access(*store, of_user("c", "ada")));
    access_change all;
    all.remove_clients_of = {"acme", "ada"};
    REQUIRE(change_access(*store, all));
    // Who has none is as wanted.
    REQUIRE(change_access(*store, all));
  }
  auto store = open(directory.path());
  auto left = load(*store).clients;
  REQUIRE(left.size() == 1);
  CHECK(left.front().shown.user == "bob");
  CHECK(list(*store)->size() == 5);
}
