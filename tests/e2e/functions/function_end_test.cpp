// SPDX-License-Identifier: Apache-2.0
// Goal: whatever a function does, its run ends once, with an error that says
// what it was, and the runtime is unharmed.
// Method: functions that raise, fail, let go, hang, call themselves for ever,
// and answer what has no JSON; hosts that cancel, and a runtime that stops.
#include "tests/e2e/functions/function_fixture.hpp"
#include "tests/e2e/functions/loop_fixture.hpp"

#include "messages/limits.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <atomic>
#include <future>
#include <mutex>
#include <stdexcept>

using namespace byollm;
using namespace byollm::test;
using std::chrono::milliseconds;

namespace {

using done_fn = answer_fn<function_result>;

// A function that keeps what would end it.
struct hanging_function {
  auto handler() {
    return [this](const context& in, no_parameters, std::stop_token asked,
                  done_fn done) {
      std::lock_guard guard{mutex};
      held = std::move(done);
      turn.emplace(in);
      stop = std::move(asked);
      started.set_value();
    };
  }

  bool was_asked_to_stop() {
    std::lock_guard guard{mutex};
    return stop.stop_requested();
  }

  void let_go() {
    std::unique_lock guard{mutex};
    auto last = std::exchange(held, nullptr);
    turn.reset();
    guard.unlock();
    if (last)
      last(function_result{});
  }

  std::mutex mutex;
  done_fn held;
  std::optional<context> turn;
  std::stop_token stop;
  std::promise<void> started;
};

} // namespace

TEST_CASE("a function that raises or fails is said to") {
  function_fixture all;
  all.add("raise", [](const context&, no_parameters) -> std::string {
    throw std::out_of_range{"no shelf"};
  });
  all.add("raise-later",
          [](context ctx, no_parameters) -> pending<std::string> {
            auto reply = co_await ctx.llm().create_message(say("hello"));
            throw std::runtime_error{reply ? "no shelf" : "no reply"};
          });
  all.add("fail", [](const context&, no_parameters) {
    return expected<std::string>{failure{errc::rate_limited, "slow down"}};
  });
  all.add("drop", [](const context&, no_parameters, done_fn) {});
  CHECK(all.wrong("raise") == "handler_failed std::out_of_range");
  CHECK(all.wrong("raise-later") == "handler_failed std::runtime_error");
  CHECK(all.run("raise-later").error().detail == "no shelf");
  CHECK(all.wrong("fail") == "handler_failed rate_limited");
  CHECK(all.wrong("drop") == "handler_failed dropped");
}

TEST_CASE("a result that has no JSON is an error") {
  function_fixture all;
  all.add("infinite", [](const context&, no_parameters) { return 1 / 0.0; });
  all.add("no-json", [](const context&, no_parameters) {
    return function_result{true, {}, "{"};
  });
  all.add("no-text",
          [](const context&, no_parameters) { return std::string{"\xff"}; });
  all.add("endless", [](const context&, no_parameters) {
    return std::string(limits::answer_bytes_max + 1, 'x');
  });
  CHECK(all.wrong("infinite") == "handler_failed result");
  CHECK(all.wrong("no-json") == "handler_failed result");
  CHECK(all.wrong("no-text") == "handler_failed result");
  CHECK(all.wrong("endless") == "limit_exceeded result");
}

TEST_CASE("a function that does not end is not waited for") {
  function_fixture all;
  hanging_function hangs;
  all.add("hang", hangs.handler());
  auto call = call_of("hang");
  call.timeout = milliseconds{20};
  auto got = all.notes.run(*all.rt, call).get();
  REQUIRE_FALSE(got);
  CHECK(got.error().code == errc::deadline_exceeded);
  CHECK(hangs.was_asked_to_stop());
  hangs.let_go();
}

TEST_CASE("the calls of a function that is given up end, to the socket") {
  loop_fixture all{{upstream_script{}.expect().expect()}};
  extension notes{"notes"};
  REQUIRE(notes.add<no_parameters>(
    {.name = "ask"}, [](context ctx, no_parameters) -> pending<std::string> {
      auto reply = co_await ctx.llm().create_message(say("hello"));
      co_return std::string{reply ? "answered" : "not answered"};
    }));
  std::stop_source source;
  auto call = call_of("ask");
  call.stop = source.get_token();
  auto ended = notes.run(all.rt(), call);
  eventually([&] { return all.llm().asked().size() == 1; });
  source.request_stop();
  auto got = ended.get();
  REQUIRE_FALSE(got);
  CHECK(got.error().code == errc::cancelled);
  eventually([&] { return all.llm().open_connections() == 0; });
  eventually([&] { return all.rt().stats().in_flight == 0; });
}

TEST_CASE("what was cancelled before it began does not run") {
  function_fixture all;
  std::atomic<int> ran{0};
  all.add("run", [&](const context&, no_parameters) {
    ++ran;
    return std::string{};
  });
  std::stop_source source;
  source.request_stop();
  auto call = call_of("run");
  call.stop = source.get_token();
  auto got = all.notes.run(*all.rt, call).get();
  REQUIRE_FALSE(got);
  CHECK(got.error().code == errc::cancelled);
  CHECK(ran == 0);
}

TEST_CASE("a function ends with its runtime") {
  function_fixture all;
  hanging_function hangs;
  all.add("hang", hangs.handler());
  auto ended = all.notes.run(*all.rt, call_of("hang"));
  hangs.started.get_future().wait();
  REQUIRE(all.rt->stop(milliseconds{0}));
  auto got = ended.get();
  REQUIRE_FALSE(got);
  CHECK(got.error().code == errc::stopping);
  CHECK(hangs.was_asked_to_stop());
  hangs.let_go();
  CHECK(all.wrong("hang") == "stopping");
}

TEST_CASE("a function that calls itself for ever is stopped") {
  function_fixture all;
  std::atomic<uint32_t> ran{0};
  std::atomic<uint32_t> inside{0};
  std::atomic<uint32_t> deepest{0};
  all.add("again", [&](const context&, no_parameters, done_fn done) {
    ++ran;
    all.notes.run(*all.rt, call_of("again"))
      .then([&, done = std::move(done)](const expected<function_reply>& inner) {
        deepest = std::max<uint32_t>(deepest, ++inside);
        if (inner)
          done(inner->result);
        else
          done(inner.error());
        --inside;
      });
  });
  auto got = all.run("again");
  REQUIRE_FALSE(got);
  CHECK(got.error().code == errc::handler_failed);
  CHECK(got.error().detail == "too many functions of the extension run");
  CHECK(ran == limits::worker_concurrency_max);
  // Their ends are told one after the other, not from inside of each other.
  CHECK(deepest <= 2);
  // All have ended, and there is room again.
  all.add("once",
          [](const context&, no_parameters) { return std::string{"ok"}; });
  CHECK(all.wrong("once") == "ok");
}

TEST_CASE("functions run in a loop's tools, in the same turn") {
  loop_fixture all{
    {conversation({asks({{"add", R"({"a": 1, "b": 2})"}}), says("It is 3.")})}};
  extension notes{"notes"};
  REQUIRE(notes.add<no_parameters>(
    {.name = "agent"},
    [](context ctx, no_parameters,
       std::stop_token stop) -> pending<std::string> {
      auto request = question(add_tool());
      request.stop = stop;
      auto got = co_await byollm::run(ctx.llm(), std::move(request));
      if (!got)
        co_return got.error();
      co_return std::string{to_string(got->stop)} + ": " + got->text();
    }));
  auto got = notes.run(all.rt(), call_of("agent")).get();
  REQUIRE(got);
  CHECK(got->result.text == "finished: It is 3.");
}
