// SPDX-License-Identifier: Apache-2.0
// Goal: a call's place can be taken before the call, is its alone, and comes
// back. Method: a tenant that may have one call at a time.
#include "host_fixture.hpp"

#include <catch2/catch.hpp>

#include <future>
#include <thread>

using namespace byollm;
using namespace byollm::test;

namespace {

struct one_at_a_time {
  one_at_a_time() {
    runtime_options options;
    options.data_directory = home.path();
    options.in_flight_per_tenant = 1;
    rt = start(std::move(options));
    settle_ada(*rt);
  }

  expected<context> turn_with(call_place_ptr place) const {
    turn_request asked{.tenant = "acme", .user = "ada", .extension = "notes"};
    asked.place = std::move(place);
    return rt->open_turn(std::move(asked)).get();
  }

  static errc outcome(const context& turn) {
    auto got = turn.llm().create_message(say("hello")).get();
    return got ? errc{} : got.error().code;
  }

  scratch_directory home;
  std::unique_ptr<runtime> rt;
};

} // namespace

TEST_CASE_METHOD(one_at_a_time, "a call has the place that was taken for it",
                 "[places]") {
  auto place = rt->take_place("acme");
  REQUIRE(place);
  REQUIRE(*place);
  CHECK(rt->stats().in_flight == 1);
  CHECK(outcome(open_turn(*rt)) == errc::overloaded);
  auto turn = turn_with(*std::move(place));
  REQUIRE(turn);
  CHECK(outcome(*turn) == errc{});
  CHECK(rt->stats().in_flight == 0);
  // The turn's next one takes a place as all do.
  auto next = rt->take_place("acme");
  REQUIRE(next);
  CHECK(outcome(*turn) == errc::overloaded);
}

TEST_CASE_METHOD(one_at_a_time, "a place that no call uses comes back",
                 "[places]") {
  auto place = rt->take_place("acme");
  REQUIRE(place);
  {
    auto turn = turn_with(*std::move(place));
    REQUIRE(turn);
    CHECK(rt->stats().in_flight == 1);
  }
  // The loop may hold what it opened for an instant longer.
  eventually([&] { return rt->stats().in_flight == 0; });
  CHECK(outcome(open_turn(*rt)) == errc{});
}

TEST_CASE_METHOD(one_at_a_time, "a place is its tenant's", "[places]") {
  auto place = rt->take_place("evil");
  REQUIRE(place);
  REQUIRE(*place);
  auto turn = turn_with(*std::move(place));
  REQUIRE(!turn);
  CHECK(turn.error().code == errc::invalid_request);
  CHECK(turn.error().parameter == "place");
  CHECK(rt->stats().in_flight == 0);
}

TEST_CASE_METHOD(one_at_a_time, "a place starts nothing when all is to stop",
                 "[places]") {
  auto place = rt->take_place("acme");
  REQUIRE(place);
  auto turn = turn_with(*std::move(place));
  REQUIRE(turn);
  std::thread stopper{
    [&] { static_cast<void>(rt->stop(std::chrono::seconds{20})); }};
  eventually([&] { return !rt->stats().takes_calls; });
  CHECK(outcome(*turn) == errc::stopping);
  stopper.join();
}

TEST_CASE_METHOD(one_at_a_time, "who comes second to stop waits for the end",
                 "[places]") {
  auto place = rt->take_place("acme");
  REQUIRE(place);
  auto stop = [&] { return rt->stop(std::chrono::seconds{20}); };
  auto first = std::async(std::launch::async, stop);
  eventually([&] { return !rt->stats().takes_calls; });
  auto second = std::async(std::launch::async, stop);
  // As long as the place is held there is none.
  CHECK(second.wait_for(std::chrono::milliseconds{50})
        == std::future_status::timeout);
  place->reset();
  for (auto* each : {&first, &second}) {
    auto all_ended = each->get();
    REQUIRE(all_ended);
    CHECK(*all_ended);
  }
}

TEST_CASE_METHOD(one_at_a_time, "a runtime that stops gives no places",
                 "[places]") {
  REQUIRE(rt->stop(std::chrono::seconds{20}));
  auto place = rt->take_place("acme");
  REQUIRE(!place);
  CHECK(place.error().code == errc::stopping);
}
