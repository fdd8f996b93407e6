// SPDX-License-Identifier: Apache-2.0
// Goal: a login link lets in whom it is for, once and soon. Method: a clock
// that the test moves, links used twice, late, changed and guessed.
#include "app/access/login_desk.hpp"
#include "messages/limits.hpp"

#include <catch2/catch.hpp>

#include <chrono>

namespace byollm {

namespace {

using std::chrono::milliseconds;

const login_identity ada{false, "acme", "ada", {}};

struct world {
  int64_t now = 1'800'000'000'000;
  login_desk desk{[this] { return now; }};

  world() {
    desk.open("http://127.0.0.1:8787");
  }

  std::string ticket(const login_identity& who = ada) {
    auto made = desk.make(who);
    REQUIRE(made);
    const std::string head = "http://127.0.0.1:8787/login#ticket=";
    REQUIRE(made->url.starts_with(head));
    return made->url.substr(head.size());
  }

  errc use(std::string_view ticket) {
    auto who = desk.use(ticket);
    return who ? errc::none : who.error().code;
  }
};

} // namespace

TEST_CASE("a link lets in whom it is for, once", "[login]") {
  world in;
  auto text = in.ticket();
  CHECK(text.size() == 43);
  CHECK(*in.desk.look(text) == ada);
  CHECK(*in.desk.look(text) == ada);
  CHECK(*in.desk.use(text) == ada);
  CHECK(in.use(text) == errc::unauthenticated);
  CHECK(!in.desk.look(text));
}

TEST_CASE("a link is good for its time", "[login]") {
  world in;
  auto text = in.ticket();
  auto lasts = milliseconds{limits::login_ticket_ttl}.count();
  in.now += lasts - 1;
  CHECK(in.desk.look(text));
  in.now += 1;
  CHECK(!in.desk.look(text));
  CHECK(in.use(text) == errc::unauthenticated);
}

TEST_CASE("a link that was changed anywhere is none", "[login]") {
  world in;
  auto text = in.ticket();
  for (size_t i = 0; i < text.size(); ++i) {
    auto changed = text;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    CHECK(in.use(changed) == errc::unauthenticated);
  }
  CHECK(in.use("") == errc::unauthenticated);
  CHECK(in.use(text) == errc::none);
}

TEST_CASE("who guesses is stopped for a while", "[login]") {
  world in;
  for (uint32_t i = 0; i < limits::login_failures_max; ++i)
    CHECK(in.use("wrong") == errc::unauthenticated);
  auto full = in.desk.use("wrong");
  REQUIRE(!full);
  CHECK(full.error().code == errc::overloaded);
  REQUIRE(full.error().retry_after);
  in.now += full.error().retry_after->count() - 1;
  CHECK(in.use("wrong") == errc::overloaded);
  in.now += 1;
  CHECK(in.use("wrong") == errc::unauthenticated);
}

TEST_CASE("who has a link is let in, however many others guess", "[login]") {
  world in;
  auto text = in.ticket();
  for (uint32_t i = 0; i < 2 * limits::login_failures_max; ++i)
    static_cast<void>(in.use("wrong"));
  REQUIRE(in.use("wrong") == errc::overloaded);
  CHECK(in.desk.look(text));
  CHECK(in.use(text) == errc::none);
  CHECK(in.use(text) == errc::overloaded);
}

TEST_CASE("only so many links wait", "[login]") {
  world in;
  for (size_t i = 0; i < limits::login_tickets_max; ++i)
    REQUIRE(in.desk.make(ada));
  CHECK(in.desk.make(ada).error().code == errc::overloaded);
  in.now += milliseconds{limits::login_ticket_ttl}.count();
  CHECK(in.desk.make(ada));
}

TEST_CASE("a link names somebody", "[login]") {
  world in;
  for (const auto& who :
       {login_identity{}, login_identity{false, "acme", "", {}},
        login_identity{false, "", "ada", {}}, login_identity{true, {}, {}, ""},
        login_identity{false, "acme", "a\nb", {}}})
    CHECK(in.desk.make(who).error().code == errc::invalid_request);
  CHECK(in.desk.make({true, {}, {}, "root"}));
}

TEST_CASE("without pages there is no link", "[login]") {
  world in;
  in.desk.open("");
  CHECK(in.desk.make(ada).error().code == errc::invalid_config);
}

} // namespace byollm
