// SPDX-License-Identifier: Apache-2.0
// Goal: a provider that fails, mends and fails again is left alone meanwhile,
// its user is served by the platform's LLM as they agreed, and gets their own
// back when it answers a probe. Method: a user whose upstream is rewritten, and
// calls one after the other; the breaker's times are real.
#include "messages/limits.hpp"
#include "tests/e2e/faults/world.hpp"

#include <catch2/catch.hpp>

namespace byollm::test {

namespace {

constexpr auto in = tongue::openai;

// A breaker that never opens, or never closes, ends here.
constexpr int calls_max = 100'000;

upstream_script is_down() {
  auto body = wire::error_body(in, {"server_error"});
  return upstream_script{}.expect().send(wire::response(in, 500, body)).close();
}

upstream_script is_up() {
  return upstream_script{}
    .expect()
    .send(wire::response(in, 200, wire::whole(in, own_text)))
    .close();
}

struct flapping {
  flapping() {
    scene down{{is_down()}, {}};
    ada = all.add({down, in, true, false});
  }

  // Whoever answers, it is said, and each attempt is on its own bill.
  observation call() {
    auto saw = all.call(ada);
    REQUIRE(saw.caller);
    REQUIRE(saw.caller->why.code == errc::none);
    REQUIRE(saw.rows.size() == saw.caller->attempts);
    auto own = saw.caller->is_byollm;
    CHECK(saw.caller->text == (own ? own_text : platform_text));
    CHECK(saw.caller->fallback_from == (own ? "" : "openai"));
    CHECK(saw.rows.back().billing == (own ? "byollm" : "platform"));
    for (const auto& row : saw.rows)
      CHECK(row.cost_micro
            == (row.billing == "byollm" ? "0" : std::to_string(platform_cost)));
    return saw;
  }

  // Calls until the user's LLM is left alone, and returns what it was asked.
  size_t until_left_alone() {
    for (int i = 0; i < calls_max; ++i) {
      auto saw = call();
      REQUIRE_FALSE(saw.caller->is_byollm);
      if (saw.rows.front().error == "circuit_open")
        return saw.own.size();
      CHECK(saw.rows.front().error == "provider_fault");
    }
    FAIL("a dead provider is asked again and again");
    return 0;
  }

  // Calls until the user's LLM answers, and returns what it was asked.
  size_t until_it_answers() {
    for (int i = 0; i < calls_max; ++i) {
      auto saw = call();
      if (saw.caller->is_byollm) {
        CHECK(saw.rows.size() == 1);
        return saw.own.size();
      }
      CHECK(saw.rows.front().error == "circuit_open");
      CHECK(saw.rows.front().status == "refused");
      CHECK(saw.rows.front().sent == "no");
      CHECK(saw.rows.size() == 2);
    }
    FAIL("a provider that is well again is not asked");
    return 0;
  }

  world all{{}};
  size_t ada = 0;
};

} // namespace

TEST_CASE("a provider that flaps is left alone, probed and used again",
          "[faults][flapping]") {
  flapping its;
  auto asked = its.until_left_alone();
  CHECK(asked >= limits::breaker_failures);
  its.all.rewrite(its.ada, {is_up()});
  // The probe is the only request between.
  CHECK(its.until_it_answers() == asked + 1);
  CHECK(its.call().caller->is_byollm);
  its.all.rewrite(its.ada, {is_down()});
  CHECK(its.until_left_alone() >= asked + 2 + limits::breaker_failures);
  CHECK(its.all.is_intact());
}

} // namespace byollm::test
