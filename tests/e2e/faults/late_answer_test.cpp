// SPDX-License-Identifier: Apache-2.0
// Goal: a call that cannot begin is answered, and not inside of the call.
// Method: a turn that is killed while its context lives, a call that is one too
// many, and a runtime that has stopped, with a mark on the thread that asks.
#include "app/runtime/context_internals.hpp"
#include "app/runtime/core.hpp"
#include "tests/e2e/faults/bare_runtime.hpp"

#include <catch2/catch.hpp>

#include <caf/scoped_actor.hpp>

#include <future>

namespace byollm::test {

namespace {

thread_local bool is_asking = false;

// Returns why the call was refused, if it was told so later.
errc ask(const context& in) {
  std::promise<std::pair<errc, bool>> told;
  is_asking = true;
  in.llm().create_message({}, [&](const expected<message_reply>& reply) {
    told.set_value({reply ? errc::none : reply.error().code, is_asking});
  });
  is_asking = false;
  auto [code, inside] = told.get_future().get();
  CHECK_FALSE(inside);
  return code;
}

void kill(const context& in) {
  auto core = context_internals::core_of(in);
  turn_actor turn;
  {
    std::lock_guard guard{core->mutex};
    REQUIRE(core->links.size() == 1);
    (*core->links.begin())->with([&](const turn_actor& is, uint64_t) {
      turn = is;
    });
  }
  caf::scoped_actor self{*core->system, true};
  self->send_exit(turn, caf::exit_reason::kill);
  self->wait_for(turn);
}

} // namespace

TEST_CASE("a turn that has died answers later") {
  bare_runtime rt;
  auto turn = rt.open_turn();
  kill(turn);
  CHECK(ask(turn) == errc::unavailable);
  CHECK(rt->stats().in_flight == 0);
}

TEST_CASE("a call that is one too many is answered later") {
  runtime_options options;
  options.in_flight_per_tenant = 1;
  bare_runtime rt{std::move(options)};
  auto turn = rt.open_turn();
  auto place = rt->take_place("acme");
  REQUIRE(place);
  // With a row, and without one.
  CHECK(ask(turn) == errc::overloaded);
  CHECK(ask(turn) == errc::overloaded);
}

TEST_CASE("a runtime that has stopped answers later") {
  bare_runtime rt;
  auto turn = rt.open_turn();
  REQUIRE(rt->stop(std::chrono::seconds{60}));
  CHECK(ask(turn) == errc::stopping);
}

} // namespace byollm::test
