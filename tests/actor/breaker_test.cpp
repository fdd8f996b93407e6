// SPDX-License-Identifier: Apache-2.0
// Goal: a dead endpoint is left alone, for its isolation key and nobody else,
// and asked again in time. Method: the real SWITCHBOARD and PROVIDERs over
// ports whose attempts end when the test says so, on a clock that the test
// moves.
#include "actors/switchboard.hpp"
#include "messages/limits.hpp"
#include "tests/support/deterministic_system.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/targets.hpp"
#include "tests/support/test_receipt_office.hpp"

#include <catch2/catch.hpp>

#include <map>

namespace byollm {

namespace {

using namespace std::chrono_literals;

constexpr auto first = limits::breaker_open_first;

// How an attempt ended, as its turn is told.
struct seen {
  int ends = 0;
  attempt_outcome last = {};
};

class watcher final : public attempt_sink {
public:
  explicit watcher(seen& to) : to_(to) {
    // nop
  }

  void on_delta(delta) override {
    // nop
  }

  bool wants_more() const noexcept override {
    return true;
  }

  void when_ready(std::function<void()> resume) override {
    resume();
  }

  void on_done(attempt_outcome outcome) override {
    ++to_.ends;
    to_.last = std::move(outcome);
  }

private:
  seen& to_;
};

using sinks = std::map<std::string, std::shared_ptr<attempt_sink>>;

class held_port final : public provider_port {
public:
  explicit held_port(sinks& open) : open_(open) {
    // nop
  }

  void start(provider_call call, std::shared_ptr<attempt_sink> sink) override {
    CHECK(call.ticket->redeem());
    open_[call.ticket->receipt()->call()] = std::move(sink);
  }

  void cancel(const intent_receipt& receipt) override {
    if (auto ended = open_.extract(receipt.call()))
      ended.mapped()->on_done({.why = {errc::cancelled}});
  }

  void hurry() override {
    // nop
  }

  void keep_connections(bool) override {
    // nop
  }

  void close(const failure&) override {
    // nop
  }

  size_t in_flight() const noexcept override {
    return open_.size();
  }

private:
  sinks& open_;
};

class held_factory final : public provider_factory {
public:
  explicit held_factory(sinks& open) : open_(open) {
    // nop
  }

  expected<std::unique_ptr<provider_port>> make(const llm_target&) override {
    return std::unique_ptr<provider_port>{new held_port(open_)};
  }

private:
  sinks& open_;
};

// The target of `user`'s key in one of its versions, all at one origin.
llm_target::ptr key_of(const std::string& user, uint32_t version = 1) {
  user_owner who{*tenant_id::parse("acme"), *user_id::parse(user)};
  auto url = *base_url::parse("https://own.example.com");
  return *llm_target::bind(endpoint<user_owner>{who, "openai", url},
                           credential<user_owner>{who, "openai", url.at(),
                                                  "key-" + user, version, 1,
                                                  some_sealed_key()},
                           "own-model");
}

class board {
public:
  board() : factory_(open) {
    switchboard_ = sys.adopt(sys.system().spawn(
      switchboard, switchboard_options{&factory_, &clock,
                                       [this](log_level level, std::string_view,
                                              const log_fields& fields) {
                                         lines.emplace_back(level, fields);
                                       },
                                       gauges}));
  }

  // Runs an attempt; returns its name.
  std::string run(const llm_target::ptr& to, bool is_test = false) {
    auto name = "c" + std::to_string(++number_);
    auto ticket = test_receipt_office::ticket(
      to, test_receipt_office::receipt(name, 1, number_));
    tickets[name] = ticket;
    attempt_order order;
    order.call.ticket = ticket;
    order.to = std::make_shared<watcher>(ends[name]);
    order.is_test = is_test;
    caf::anon_send(switchboard_, atom::run_v,
                   std::make_shared<const attempt_order>(std::move(order)));
    sys.drain();
    return name;
  }

  bool is_sent(const std::string& name) const {
    return open.count(name) != 0;
  }

  void end(const std::string& name, errc code) {
    auto ended = open.extract(name);
    REQUIRE(ended);
    ended.mapped()->on_done({.why = {code}});
    sys.drain();
  }

  void cancel(const llm_target::ptr& to, const std::string& name) {
    caf::anon_send(switchboard_, atom::cancel_v, to->isolation_key(),
                   tickets[name]->receipt());
    sys.drain();
  }

  void wait(std::chrono::steady_clock::duration time) {
    auto until = clock.now() + time;
    clock.set(until, [] {});
    while (clock.now() < until && clock.ring_next())
      sys.drain();
  }

  // Fails until the breaker of `to` opens.
  void kill(const llm_target::ptr& to) {
    for (uint32_t i = 1; i < limits::breaker_failures; ++i)
      end(run(to), errc::connect_failed);
    wait(limits::breaker_streak_min);
    end(run(to), errc::connect_failed);
  }

  // Whether an attempt at `to` goes out; it is answered.
  bool works(const llm_target::ptr& to) {
    auto name = run(to);
    if (!is_sent(name))
      return false;
    end(name, errc::none);
    return true;
  }

  std::map<std::string, seen> ends;
  std::map<std::string, lease_ticket_ptr> tickets;
  std::vector<std::pair<log_level, log_fields>> lines;
  sinks open; // attempts at a port
  manual_clock clock;
  runtime_gauges_ptr gauges = std::make_shared<runtime_gauges>();

private:
  held_factory factory_;
  deterministic_system sys;
  switchboard_actor switchboard_;
  uint64_t number_ = 0;
};

} // namespace

TEST_CASE("a dead endpoint is left alone: no port, no key, and how long",
          "[breaker]") {
  board b;
  b.kill(key_of("ada"));
  auto refused = b.run(key_of("ada"));
  CHECK_FALSE(b.is_sent(refused));
  REQUIRE(b.ends[refused].ends == 1);
  const auto& end = b.ends[refused].last;
  CHECK(end.why.code == errc::circuit_open);
  CHECK(end.why.retry_after == std::chrono::milliseconds{first});
  CHECK(end.why.sent == certainty::no);
  CHECK(end.sent == certainty::no);
  CHECK(end.why.detail.find("connect_failed") != std::string::npos);
  CHECK(b.tickets[refused]->redeem()); // as nobody has done
}

TEST_CASE("how many are left alone is shown", "[breaker]") {
  board b;
  b.kill(key_of("ada"));
  CHECK(b.gauges->breakers_open == 1);
  b.kill(key_of("bob"));
  CHECK(b.gauges->breakers_open == 2);
  b.wait(first);
  CHECK(b.works(key_of("ada")));
  CHECK(b.gauges->breakers_open == 1);
}

TEST_CASE("a colleague's key at the same origin is not affected", "[breaker]") {
  board b;
  CHECK(b.works(key_of("bob")));
  b.kill(key_of("ada"));
  CHECK(b.works(key_of("bob")));
  CHECK_FALSE(b.works(key_of("ada")));
  // Nor do her failures and his add up.
  for (uint32_t i = 1; i < limits::breaker_failures; ++i)
    b.end(b.run(key_of("bob")), errc::provider_fault);
  b.wait(limits::breaker_streak_min);
  CHECK(b.works(key_of("bob")));
}

TEST_CASE("a new key begins anew, and the old one stays as it is",
          "[breaker]") {
  board b;
  b.kill(key_of("ada", 1));
  CHECK(b.works(key_of("ada", 2)));
  CHECK_FALSE(b.works(key_of("ada", 1)));
}

TEST_CASE("after the time one probe goes, and its answer lets all in",
          "[breaker]") {
  board b;
  auto ada = key_of("ada");
  b.kill(ada);
  b.wait(first - 1ms);
  CHECK_FALSE(b.works(ada));
  b.wait(1ms);
  auto probe = b.run(ada);
  CHECK(b.is_sent(probe));
  auto second = b.run(ada);
  CHECK_FALSE(b.is_sent(second));
  CHECK(b.ends[second].last.why.code == errc::circuit_open);
  CHECK(b.ends[second].last.why.retry_after > 0ms);
  SECTION("an answer") {
    b.end(probe, errc::none);
  }
  SECTION("a refusal is an answer") {
    b.end(probe, GENERATE(errc::authentication, errc::rate_limited,
                          errc::provider_rejected, errc::model_not_found));
  }
  SECTION("an answer begins") {
    b.open[probe]->on_delta({delta::kind::text, 0, "piece"});
  }
  CHECK(b.works(ada));
  CHECK(b.works(ada));
}

TEST_CASE("a probe that fails is followed by a longer time", "[breaker]") {
  board b;
  auto ada = key_of("ada");
  b.kill(ada);
  b.wait(first);
  b.end(b.run(ada), errc::first_byte_timeout);
  b.wait(2 * first - 1ms);
  CHECK_FALSE(b.works(ada));
  b.wait(1ms);
  CHECK(b.works(ada));
}

TEST_CASE("a probe that is cancelled or lost frees its place", "[breaker]") {
  board b;
  auto ada = key_of("ada");
  b.kill(ada);
  b.wait(first);
  auto probe = b.run(ada);
  REQUIRE(b.is_sent(probe));
  SECTION("cancelled") {
    b.cancel(ada, probe);
    CHECK(b.ends[probe].last.why.code == errc::cancelled);
  }
  SECTION("lost: its sink is dropped") {
    b.open.erase(probe);
  }
  SECTION("without any end") {
    CHECK_FALSE(b.works(ada));
    b.wait(limits::breaker_probe_patience);
  }
  CHECK(b.works(ada));
}

TEST_CASE("refused requests and cancelled calls open nothing", "[breaker]") {
  board b;
  auto ada = key_of("ada");
  auto code
    = GENERATE(errc::authentication, errc::rate_limited,
               errc::provider_rejected, errc::cancelled, errc::overloaded,
               errc::deadline_exceeded, errc::tls_untrusted, errc::protocol);
  for (uint32_t i = 0; i < 3 * limits::breaker_failures; ++i) {
    b.end(b.run(ada), code);
    b.wait(limits::breaker_streak_min);
  }
  CHECK(b.works(ada));
}

TEST_CASE("a test reaches an endpoint that is left alone, and mends it",
          "[breaker]") {
  board b;
  auto ada = key_of("ada");
  b.kill(ada);
  auto test = b.run(ada, true);
  CHECK(b.is_sent(test));
  CHECK_FALSE(b.works(ada));
  b.end(test, errc::none);
  CHECK(b.works(ada));
}

TEST_CASE("an opening and a closing is a line each, and names the key's owner",
          "[breaker]") {
  board b;
  auto ada = key_of("ada");
  b.kill(ada);
  for (int i = 0; i < 3; ++i) {
    b.run(ada);
    b.wait(limits::breaker_open_max);
    b.end(b.run(ada), errc::connect_timeout);
  }
  b.wait(limits::breaker_open_max);
  CHECK(b.works(ada));
  REQUIRE(b.lines.size() == 2);
  CHECK(b.lines[0].first == log_level::warning);
  CHECK(b.lines[0].second
        == log_fields{{"provider", "openai"},
                      {"origin", ada->url().at().str()},
                      {"tenant", "acme"},
                      {"user", "ada"},
                      {"error", "connect_failed"}});
  CHECK(b.lines[1].first == log_level::info);
}

} // namespace byollm
