// SPDX-License-Identifier: Apache-2.0
// Goal: a call costs what its usage costs at the prices its turn pinned; what
// is not known is held, and an own LLM costs nothing. Method: the pure rule by
// a table, then whole turns.
#include "actors/outcome_rules.hpp"
#include "tests/actor/turn_world.hpp"

#include <catch2/catch.hpp>

namespace byollm {

namespace {

constexpr auto counted = token_usage::source::provider;
constexpr token_usage ten_in_three_out = {counted, 10, {}, {}, 3, {}};

price_list prices() {
  return {{"anthropic", "platform-model", 0, 7, {2'000'000, {}, {}, 8'000'000}},
          {"openai", "own-model", 0, 6, {9'000'000, {}, {}, 9'000'000}}};
}

outcome_record outcome_of(const turn_world& world) {
  auto all = world.all<outcome_record>();
  REQUIRE(all.size() == 1);
  return all[0];
}

// One call of a user without, or with, an own LLM.
std::unique_ptr<turn_world> one_call(bool own, const platform_config& with,
                                     scripted_attempt script = {}) {
  auto world = std::make_unique<turn_world>();
  auto llm = world->admin.llm;
  world->admin = with;
  world->admin.llm = llm;
  world->attempts = {script};
  if (own)
    world->user = own_llm();
  world->start();
  world->open();
  world->call("c1", say("hello"));
  world->run_out();
  CHECK(world->problems.empty());
  return world;
}

} // namespace

TEST_CASE("what an attempt costs follows from its end", "[bill]") {
  struct row {
    const char* says;
    bool own;
    call_status status;
    certainty sent;
    token_usage usage;
    std::optional<uint64_t> micro;
    unpriced why;
  };
  using is = call_status;
  using why = unpriced;
  const token_usage nothing = {};
  const token_usage zero = {counted, 0, {}, {}, 0, {}};
  const token_usage no_output = {counted, 10, {}, {}, {}, {}};
  const row table[] = {
    {"answered", false, is::success, certainty::yes, ten_in_three_out, 44,
     why::none},
    {"answered, usage unknown",
     false,
     is::success,
     certainty::yes,
     nothing,
     {},
     why::unknown_usage},
    {"answered, half of it unknown",
     false,
     is::success,
     certainty::yes,
     no_output,
     {},
     why::unknown_usage},
    {"answered, explicit zeros", false, is::success, certainty::yes, zero, 0,
     why::none},
    {"cut off by the caller",
     false,
     is::cancelled,
     certainty::yes,
     nothing,
     {},
     why::unknown_usage},
    {"cut off after usage came", false, is::cancelled, certainty::yes,
     ten_in_three_out, 44, why::none},
    {"cancelled before a byte", false, is::cancelled, certainty::no, nothing, 0,
     why::none},
    {"broke off",
     false,
     is::partial,
     certainty::yes,
     no_output,
     {},
     why::unknown_usage},
    {"nobody knows",
     false,
     is::unknown,
     certainty::maybe,
     nothing,
     {},
     why::unknown_usage},
    {"did not connect", false, is::failed, certainty::no, nothing, 0,
     why::none},
    {"failed at the provider",
     false,
     is::failed,
     certainty::yes,
     nothing,
     {},
     why::unknown_usage},
    {"rejected by the provider", false, is::rejected, certainty::yes, nothing,
     0, why::none},
    {"rejected, but counted",
     false,
     is::rejected,
     certainty::yes,
     no_output,
     {},
     why::unknown_usage},
    {"own, answered", true, is::success, certainty::yes, ten_in_three_out, 0,
     why::none},
    {"own, usage unknown", true, is::success, certainty::yes, nothing, 0,
     why::none},
    {"own, nobody knows", true, is::unknown, certainty::maybe, nothing, 0,
     why::none},
  };
  for (const auto& x : table) {
    CAPTURE(x.says);
    intent_record intent;
    intent.target = x.own ? user_target() : platform_target();
    intent.model = intent.target->model();
    intent.prices = std::make_shared<const price_list>(prices());
    outcome_record outcome;
    outcome.status = x.status;
    outcome.sent = x.sent;
    outcome.usage = x.usage;
    auto bill = bill_of(intent, outcome);
    CHECK(bill.micro == x.micro);
    CHECK(bill.why == x.why);
  }
}

TEST_CASE("without any prices a platform call is held, never free", "[bill]") {
  intent_record intent;
  intent.target = platform_target();
  outcome_record outcome;
  outcome.status = call_status::success;
  outcome.sent = certainty::yes;
  outcome.usage = ten_in_three_out;
  CHECK(bill_of(intent, outcome) == cost{{}, 0, unpriced::no_price});
}

TEST_CASE("a platform turn is billed at the pinned prices", "[bill]") {
  platform_config with;
  with.prices = prices();
  scripted_attempt script;
  script.usage = ten_in_three_out;
  auto world = one_call(false, with, script);
  CHECK(outcome_of(*world).billing == billing_class::platform);
  CHECK(outcome_of(*world).bill == cost{44, 7, unpriced::none});
}

TEST_CASE("an own LLM costs nothing, and needs neither price nor balance",
          "[bill]") {
  platform_config with;
  with.prices = prices();
  with.unknown_price = unknown_price_policy::refuse;
  scripted_attempt script;
  script.usage = ten_in_three_out;
  for (bool any_prices : {true, false}) {
    if (!any_prices)
      with.prices.clear();
    auto world = one_call(true, with, script);
    CHECK(world->answers["c1"].last == errc::none);
    CHECK(outcome_of(*world).billing == billing_class::byollm);
    CHECK(outcome_of(*world).bill == cost{0, 0, unpriced::none});
  }
}

TEST_CASE("a platform call without a price is held or refused", "[bill]") {
  platform_config with;
  auto held = one_call(false, with);
  CHECK(held->answers["c1"].last == errc::none);
  CHECK(outcome_of(*held).bill == cost{{}, 0, unpriced::no_price});
  with.unknown_price = unknown_price_policy::refuse;
  auto refused = one_call(false, with);
  CHECK(refused->answers["c1"].last == errc::price_unknown);
  CHECK(refused->sent == 0);
  CHECK(refused->all<intent_record>().empty());
  auto rows = refused->all<refusal_record>();
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].status == call_status::refused);
  CHECK(rows[0].why.code == errc::price_unknown);
}

TEST_CASE("a turn that dies leaves a cost that nobody knows", "[bill]") {
  turn_world world;
  world.admin.prices = prices();
  scripted_attempt script;
  script.hangs = true;
  world.attempts = {script};
  world.start();
  world.open();
  world.call("c1", say("hello"));
  world.sys.drain();
  caf::anon_send_exit(world.turn, caf::exit_reason::user_shutdown);
  world.turn = nullptr;
  world.run_out();
  auto outcome = outcome_of(world);
  CHECK(outcome.sent == certainty::maybe);
  CHECK(outcome.bill == cost{{}, 7, unpriced::unknown_usage});
}

} // namespace byollm
