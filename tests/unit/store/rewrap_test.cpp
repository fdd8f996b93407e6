// SPDX-License-Identifier: Apache-2.0
// Goal: every stored key is wrapped anew in bounded commits, and no master key
// is dropped that wraps one. Method: the store with real envelopes and a real
// vault.
#include "sample.hpp"

#include "app/vault/envelope.hpp"
#include "app/vault/vault.hpp"
#include "messages/limits.hpp"

#include <catch2/catch.hpp>

#include <map>

using namespace byollm;
using namespace byollm::sample;

namespace {

constexpr auto base = "https://api.openai.com";
constexpr auto at_origin = "https://api.openai.com:443";

key_binding binding_of(const stored_user_config& row) {
  return {row.tenant, row.user,        row.provider,   at_origin,
          row.key_id, row.row_version, row.key_version};
}

struct rewrap_fixture {
  rewrap_fixture() {
    auto opened = open_vault({directory.path()});
    REQUIRE(opened);
    keys = *std::move(opened);
    data = open(directory.path());
  }

  stored_user_config row(const std::string& user) {
    stored_user_config made{"acme", user, "openai", "gpt", base};
    made.key_id = "key-" + user;
    made.key_version = 1;
    made.row_version = 1;
    auto sealed = keys->seal("sk-" + user, binding_of(made));
    REQUIRE(sealed);
    made.envelope = sealed->envelope;
    return made;
  }

  status save(const stored_user_config& what) {
    return wait<status>([&](auto done) {
      data->save_user(
        what, {"cli", "acme", what.user, change_subject::user_llm, "text", 1},
        done);
    });
  }

  std::vector<uint8_t> envelope(std::string user) {
    auto found = wait<expected<std::optional<stored_user_config>>>(
      [&](auto done) { data->load_user("acme", std::move(user), done); });
    REQUIRE(found);
    REQUIRE(*found);
    return (*found)->envelope;
  }

  std::map<uint32_t, uint64_t> wraps() {
    auto counted = wait<expected<std::map<uint32_t, uint64_t>>>(
      [&](auto done) { data->count_wraps(done); });
    REQUIRE(counted);
    return *counted;
  }

  rewrap_batch rewrap(uint32_t version, config_place after = {}) {
    auto batch = wait<expected<rewrap_batch>>([&](auto done) {
      data->rewrap({version, std::move(after),
                    [this](const stored_user_config& which) {
                      return keys->rewrap({which.envelope}, binding_of(which));
                    }},
                   done);
    });
    REQUIRE(batch);
    return *batch;
  }

  void add_key() {
    auto staged = keys->add();
    REQUIRE(staged);
    REQUIRE((*staged)->keep());
  }

  status drop(uint32_t version) {
    return wait<status>([&](auto done) {
      data->drop_master_key(
        version, [this, version] { return keys->drop(version); },
        {"cli", "", "", change_subject::master_key, "text", 1}, done);
    });
  }

  scratch directory;
  std::unique_ptr<vault> keys;
  std::unique_ptr<store> data;
};

} // namespace

TEST_CASE_METHOD(rewrap_fixture, "stored keys are wrapped anew in batches",
                 "[rewrap]") {
  constexpr size_t users = 2 * limits::rewrap_batch + 10;
  for (size_t i = 0; i < users; ++i)
    REQUIRE(save(row("user-" + std::to_string(i))));
  add_key();
  CHECK(wraps() == std::map<uint32_t, uint64_t>{{1, users}});
  config_place after;
  std::vector<uint64_t> done;
  for (;;) {
    auto batch = rewrap(2, after);
    CHECK(batch.unreadable == 0);
    done.push_back(batch.rewrapped);
    if (!batch.next)
      break;
    after = *batch.next;
  }
  CHECK(
    done
    == std::vector<uint64_t>{limits::rewrap_batch, limits::rewrap_batch, 10});
  CHECK(wraps() == std::map<uint32_t, uint64_t>{{2, users}});
  CHECK(rewrap(2).rewrapped == 0);
  // All rows are still what the ledger says.
  data.reset();
  data = open(directory.path());
  for (size_t i = 0; i < users; ++i) {
    auto which = row("user-" + std::to_string(i));
    which.envelope = envelope(which.user);
    REQUIRE(keys->rewrap({which.envelope}, binding_of(which)));
  }
}

TEST_CASE_METHOD(rewrap_fixture, "a key that does not open stays as it is",
                 "[rewrap]") {
  auto broken = row("eve");
  broken.envelope.back() ^= 1;
  broken.envelope[20] ^= 1; // in the wrapping: the data is not looked at
  REQUIRE(save(broken));
  REQUIRE(save(row("ada")));
  add_key();
  auto batch = rewrap(2);
  CHECK(batch.rewrapped == 1);
  CHECK(batch.unreadable == 1);
  CHECK_FALSE(batch.next);
  CHECK(envelope("eve") == broken.envelope);
  CHECK(master_key_of(envelope("ada")) == 2);
}

TEST_CASE_METHOD(rewrap_fixture, "a change keeps the wrapping it did not see",
                 "[rewrap]") {
  auto before = row("ada");
  REQUIRE(save(before));
  add_key();
  REQUIRE(rewrap(2).rewrapped == 1);
  SECTION("if the key is the same") {
    before.model = "another";
    REQUIRE(save(before));
    CHECK(master_key_of(envelope("ada")) == 2);
  }
  SECTION("not if it is a new one") {
    auto after = row("ada");
    after.row_version = 2;
    after.key_version = 2;
    auto sealed = keys->seal("sk-new", binding_of(after));
    after.envelope = sealed->envelope;
    REQUIRE(save(after));
    CHECK(envelope("ada") == after.envelope);
  }
}

TEST_CASE_METHOD(rewrap_fixture, "a master key that wraps a key stays",
                 "[rewrap]") {
  REQUIRE(save(row("ada")));
  auto late = row("bob"); // sealed before the rotation, saved after it
  add_key();
  auto refused = drop(1);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::invalid_config);
  CHECK(refused.error().detail.find("1 stored key") != std::string::npos);
  CHECK(keys->versions() == std::vector<uint32_t>{1, 2});
  REQUIRE(rewrap(2).rewrapped == 1);
  CHECK(drop(2).error().code == errc::invalid_config); // the current one
  CHECK(drop(7).error().code == errc::not_found);
  REQUIRE(drop(1));
  CHECK(keys->versions() == std::vector<uint32_t>{2});
  auto lost = save(late);
  REQUIRE_FALSE(lost);
  CHECK(lost.error().code == errc::unavailable);
}

TEST_CASE_METHOD(rewrap_fixture, "dropping a master key is in the ledger",
                 "[rewrap]") {
  add_key();
  auto records = [this] {
    auto all = list(*data);
    REQUIRE(all);
    return all->size();
  };
  auto before = records();
  CHECK_FALSE(drop(9));
  CHECK(records() == before);
  REQUIRE(drop(1));
  CHECK(records() == before + 1);
}
