// SPDX-License-Identifier: Apache-2.0
// Goal: a token that was ended stays so until it expires, keeps no other from
// its turn, and no table grows without end. Method: the table over turns that
// the test opens.
#include "app/service/open_turns.hpp"
#include "messages/limits.hpp"

#include <catch2/catch.hpp>

namespace byollm::service {

namespace {

constexpr int64_t expires = 1'000;

call_grant grant(const std::string& id, bool is_for_open_turn = false) {
  call_grant made;
  made.id = id;
  made.is_for_open_turn = is_for_open_turn;
  made.expires_unix_ms = expires;
  return made;
}

struct world {
  std::vector<std::function<void(expected<context>)>> opening;
  open_turns turns{[this](const turn_request&, auto opened) {
    opening.push_back(std::move(opened));
  }};

  /// What comes of a use, if the runtime opens a turn.
  errc use(const call_grant& by) {
    auto end = errc::unavailable;
    turns.get(by, [&end](const expected<open_turn_ptr>& got) {
      end = got ? errc::none : got.error().code;
    });
    for (auto& each : std::exchange(opening, {}))
      each(context{nullptr});
    return end;
  }
};

} // namespace

TEST_CASE("a token opens one turn, until it is ended or expires", "[turns]") {
  world w;
  CHECK(w.use(grant("a")) == errc::none);
  CHECK(w.use(grant("a")) == errc::none);
  CHECK(w.turns.has("a"));
  REQUIRE(w.turns.end(grant("a")));
  CHECK_FALSE(w.turns.has("a"));
  CHECK(w.use(grant("a")) == errc::unauthenticated);
  w.turns.sweep(expires - 1);
  CHECK(w.use(grant("a")) == errc::unauthenticated);
  CHECK(w.use(grant("b")) == errc::none);
  w.turns.sweep(expires);
  CHECK_FALSE(w.turns.has("b"));
}

TEST_CASE("a token that is ended while its turn opens has none", "[turns]") {
  world w;
  auto end = errc::none;
  w.turns.get(grant("a"), [&end](const expected<open_turn_ptr>& got) {
    end = got ? errc::none : got.error().code;
  });
  REQUIRE(w.turns.end(grant("a")));
  w.opening.at(0)(context{nullptr});
  CHECK(end == errc::unauthenticated);
  CHECK_FALSE(w.turns.has("a"));
}

TEST_CASE("the token of an open turn opens no other", "[turns]") {
  world w;
  auto token = grant("a", true);
  CHECK(w.use(token) == errc::unauthenticated);
  REQUIRE(w.turns.keep(token, context{nullptr}));
  CHECK(w.use(token) == errc::none);
  REQUIRE(w.turns.end(token));
  CHECK(w.use(token) == errc::unauthenticated);
}

TEST_CASE("turns that have ended keep nobody from theirs", "[turns]") {
  world w;
  for (size_t i = 0; i < limits::open_turns_max; ++i) {
    auto token = grant(std::to_string(i), true);
    REQUIRE(w.turns.keep(token, context{nullptr}));
    REQUIRE(w.turns.end(token));
    REQUIRE(w.turns.end(grant("minted" + std::to_string(i))));
  }
  CHECK(w.use(grant("new")) == errc::none);
  CHECK(w.turns.keep(grant("kept", true), context{nullptr}));
}

TEST_CASE("an end that cannot be kept in mind is refused, and ends nothing",
          "[turns]") {
  world w;
  for (size_t i = 0; i < limits::ended_tokens_max; ++i)
    REQUIRE(w.turns.end(grant(std::to_string(i))));
  REQUIRE(w.use(grant("open")) == errc::none);
  auto ended = w.turns.end(grant("open"));
  REQUIRE_FALSE(ended);
  CHECK(ended.error().code == errc::overloaded);
  CHECK(w.use(grant("open")) == errc::none);
  // Those that were ended stay so, and the table does not fill up for others.
  CHECK(w.turns.end(grant("0")));
  CHECK(w.use(grant("0")) == errc::unauthenticated);
  REQUIRE(w.turns.keep(grant("run", true), context{nullptr}));
  CHECK(w.turns.end(grant("run", true)));
  w.turns.sweep(expires);
  CHECK(w.turns.end(grant("later")));
}

TEST_CASE("so many turns are open, and no more", "[turns]") {
  world w;
  for (size_t i = 0; i < limits::open_turns_max; ++i)
    REQUIRE(w.turns.keep(grant(std::to_string(i), true), context{nullptr}));
  CHECK(w.use(grant("new")) == errc::overloaded);
  CHECK(w.turns.keep(grant("x", true), context{nullptr}).error().code
        == errc::overloaded);
  REQUIRE(w.turns.end(grant("0", true)));
  CHECK(w.use(grant("new")) == errc::none);
}

} // namespace byollm::service
