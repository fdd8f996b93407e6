// SPDX-License-Identifier: Apache-2.0
// Goal: a breaker opens, probes and closes again, and no end that fails to come
// holds it. Method: the machine alone, at times that the test names.
#include "actors/breaker.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>

namespace byollm {

namespace {

using namespace std::chrono_literals;
using turned = breaker::turned;

constexpr auto first = limits::breaker_open_first;
constexpr auto patience = limits::breaker_probe_patience;

// A breaker and a clock.
struct bench {
  breaker that = {};
  breaker::time_point now{1h};

  bool is_shut() {
    return that.wait(now) > 0s;
  }

  breaker::pass enter() {
    auto got = that.enter(now);
    REQUIRE(got);
    return *got;
  }

  turned fail() {
    return that.failed(enter(), now);
  }

  // Fails as often and as long as it takes to open it.
  void open() {
    for (uint32_t i = 1; i < limits::breaker_failures; ++i)
      REQUIRE(fail() == turned::nowhere);
    now += limits::breaker_streak_min;
    REQUIRE(fail() == turned::open);
  }
};

} // namespace

TEST_CASE("failures in a row open a breaker, for a time", "[breaker]") {
  bench b;
  b.open();
  CHECK_FALSE(b.that.enter(b.now));
  CHECK(b.that.wait(b.now) == first);
  CHECK_FALSE(b.that.enter(b.now + first - 1ns));
  CHECK(b.that.wait(b.now + first - 1ns) == 1ns);
  CHECK(b.that.wait(b.now + first) == 0s);
  CHECK(b.that.enter(b.now + first));
}

TEST_CASE("fewer failures, or an answer between them, open nothing",
          "[breaker]") {
  bench b;
  for (int i = 0; i < 3; ++i) {
    for (uint32_t n = 1; n < limits::breaker_failures; ++n) {
      b.now += 1min;
      CHECK(b.fail() == turned::nowhere);
    }
    CHECK(b.that.answered() == turned::nowhere);
  }
  CHECK_FALSE(b.is_shut());
}

TEST_CASE("what breaks for a moment only opens nothing", "[breaker]") {
  bench b;
  for (int i = 0; i < 100; ++i)
    CHECK(b.fail() == turned::nowhere);
  b.now += limits::breaker_streak_min - 1ns;
  CHECK(b.fail() == turned::nowhere);
  b.now += 1ns;
  CHECK(b.fail() == turned::open);
}

TEST_CASE("answers that begin and break off open it, too", "[breaker]") {
  bench b;
  for (uint32_t i = 1; i < limits::breaker_failures; ++i) {
    CHECK(b.that.began() == turned::nowhere);
    CHECK(b.fail() == turned::nowhere);
  }
  b.now += limits::breaker_streak_min;
  CHECK(b.that.began() == turned::nowhere);
  CHECK(b.fail() == turned::open);
}

TEST_CASE("after its time one probe goes, and the others wait for it",
          "[breaker]") {
  bench b;
  b.open();
  b.now += first;
  b.enter();
  CHECK_FALSE(b.that.enter(b.now));
  CHECK(b.that.wait(b.now) == first);
  CHECK_FALSE(b.that.enter(b.now + patience - 1ns));
  CHECK(b.that.wait(b.now + patience - 1ns) == 1ns);
}

TEST_CASE("a probe that is answered closes it for all", "[breaker]") {
  bench b;
  b.open();
  b.now += first;
  b.enter();
  auto begun = GENERATE(false, true);
  CHECK((begun ? b.that.began() : b.that.answered()) == turned::closed);
  for (int i = 0; i < 3; ++i)
    CHECK(b.that.enter(b.now));
  // From here on it counts, and waits, as if nothing had been.
  b.open();
  CHECK(b.that.wait(b.now) == first);
}

TEST_CASE("each probe that fails doubles the time, up to a bound",
          "[breaker]") {
  bench b;
  b.open();
  auto wait = breaker::duration{first};
  for (int i = 0; i < 20; ++i) {
    CHECK(b.that.wait(b.now) == wait);
    b.now += wait;
    CHECK(b.fail() == turned::nowhere);
    wait = std::min<breaker::duration>(2 * wait, limits::breaker_open_max);
  }
  CHECK(wait == limits::breaker_open_max);
}

TEST_CASE("a probe that ends without a sign leaves its place at once",
          "[breaker]") {
  bench b;
  b.open();
  b.now += first;
  for (int i = 0; i < 3; ++i) {
    auto probe = b.enter();
    CHECK_FALSE(b.that.enter(b.now));
    b.that.left(probe);
    CHECK_FALSE(b.is_shut());
  }
  // Neither did it count as a failure.
  b.fail();
  CHECK(b.that.wait(b.now) == 2 * first);
}

TEST_CASE("a probe that never ends is not waited for", "[breaker]") {
  bench b;
  b.open();
  b.now += first;
  auto lost = b.enter();
  b.now += patience;
  auto next = b.enter();
  CHECK_FALSE(b.that.enter(b.now));
  // Whatever becomes of it now, it is the other's place.
  b.that.left(lost);
  CHECK_FALSE(b.that.enter(b.now));
  CHECK(b.that.failed(lost, b.now) == turned::nowhere);
  CHECK(b.that.wait(b.now) == first);
  CHECK(b.that.failed(next, b.now) == turned::nowhere);
  CHECK(b.that.wait(b.now) == 2 * first);
}

TEST_CASE("attempts from before it opened fail without effect, and close it "
          "when they are answered",
          "[breaker]") {
  bench b;
  auto early = b.enter();
  b.open();
  b.now += 1s;
  CHECK(b.that.failed(early, b.now) == turned::nowhere);
  CHECK(b.that.wait(b.now) == first - 1s);
  b.that.left(early);
  CHECK(b.is_shut());
  CHECK(b.that.answered() == turned::closed);
  CHECK_FALSE(b.is_shut());
}

TEST_CASE("somebody who asks in order to see is let in", "[breaker]") {
  bench b;
  b.open();
  auto test = b.that.enter_anyway(b.now);
  SECTION("and that it fails is nothing new") {
    CHECK(b.that.failed(test, b.now) == turned::nowhere);
    b.that.left(test);
    CHECK(b.that.wait(b.now) == first);
  }
  SECTION("and an answer closes it") {
    CHECK(b.that.answered() == turned::closed);
  }
  SECTION("and takes no probe's place") {
    b.now += first;
    auto probe = b.enter();
    test = b.that.enter_anyway(b.now);
    CHECK(b.that.failed(test, b.now) == turned::nowhere);
    CHECK(b.that.failed(probe, b.now) == turned::nowhere);
    CHECK(b.that.wait(b.now) == 2 * first);
  }
  SECTION("and is the probe when it is time for one") {
    b.now += first;
    test = b.that.enter_anyway(b.now);
    CHECK_FALSE(b.that.enter(b.now));
    b.that.failed(test, b.now);
    CHECK(b.that.wait(b.now) == 2 * first);
  }
}

TEST_CASE("which ends speak against an endpoint", "[breaker]") {
  auto says = [](errc code) { return sign_of(failure{code}); };
  // All of them, so that a new one is thought about.
  std::set<errc> answers{
    errc::none,           errc::authentication,   errc::permission,
    errc::rate_limited,   errc::quota_exhausted,  errc::context_length,
    errc::content_policy, errc::model_not_found,  errc::provider_rejected,
    errc::redirected,     errc::answer_too_large,
  };
  std::set<errc> fails{
    errc::dns_failed,      errc::connect_failed,     errc::connect_timeout,
    errc::tls_failed,      errc::first_byte_timeout, errc::idle_timeout,
    errc::connection_lost, errc::truncated,          errc::provider_overloaded,
    errc::provider_fault,  errc::provider_timeout,
  };
  for (int i = 0; i < 256; ++i) {
    auto code = static_cast<errc>(i);
    INFO(to_string(code));
    auto wanted = answers.count(code) ? endpoint_sign::answers
                  : fails.count(code) ? endpoint_sign::fails
                                      : endpoint_sign::nothing;
    CHECK(says(code) == wanted);
  }
}

} // namespace byollm
