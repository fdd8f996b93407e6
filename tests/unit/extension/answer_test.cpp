// SPDX-License-Identifier: Apache-2.0
// Goal: a handler in any of its forms answers once; what it raises or lets go
// of is a failure that names it. Method: handlers of each form; a coroutine
// that is asked when it settles.
#include "app/extension/cut_text.hpp"
#include "app/extension/one_answer.hpp"
#include "app/extension/result_json.hpp"
#include "messages/limits.hpp"
#include "tests/unit/extension/sample.hpp"

#include <catch2/catch.hpp>

#include <limits>
#include <stdexcept>

namespace byollm {

// Of the runtime, which is not here: nothing that waits for an answer throws.
void callback_threw() noexcept {
  FAIL("what waited for an answer threw");
}

} // namespace byollm

namespace byollm::test {

namespace {

struct odd_error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// What a handler of one int answers.
template <class Handler>
std::string answer(Handler handler, std::stop_token stop = {}) {
  std::string told = "nothing";
  auto done
    = one_answer<function_result>([&](const expected<function_result>& result) {
        CHECK(told == "nothing");
        if (!result)
          told = std::string{to_string(result.error().code)} + ' '
                 + result.error().parameter;
        else
          told = result_json(*result) ? *result_json(*result) : "no JSON";
      });
  handle<function_result>(handler, make_result{}, std::move(stop),
                          std::move(done), 5);
  return told;
}

pending<std::string> later(std::shared_ptr<pending<int>::state> gate) {
  auto value = co_await pending<int>{gate};
  if (!value)
    co_return value.error();
  if (*value < 0)
    throw odd_error{"below nothing"};
  co_return std::to_string(*value);
}

// Counts those that are alive.
struct counted {
  explicit counted(int& of) : count(of) {
    ++count;
  }

  counted(const counted&) = delete;
  counted& operator=(const counted&) = delete;

  ~counted() {
    --count;
  }

  int& count;
};

pending<int> holding(int& alive, std::shared_ptr<pending<int>::state> gate) {
  counted held{alive};
  co_return co_await pending<int>{gate};
}

} // namespace

TEST_CASE("a handler answers in whatever form it has", "[answer]") {
  CHECK(answer([](int x) { return std::to_string(x); })
        == R"({"ok":true,"text":"5"})");
  CHECK(answer([](int x) {
          return point{x, 1};
        })
        == R"({"ok":true,"data":{"x":5,"y":1}})");
  CHECK(answer([](int) {
          return function_result{false, "no", "[1]"};
        })
        == R"({"ok":false,"data":[1],"text":"no"})");
  CHECK(answer([](int x) { return expected<std::string>{std::to_string(x)}; })
        == R"({"ok":true,"text":"5"})");
  CHECK(answer([](int, const answer_fn<function_result>& done) {
          done(function_result{});
        })
        == R"({"ok":true})");
  std::stop_source source;
  source.request_stop();
  CHECK(answer([](int, std::stop_token stop) { return stop.stop_requested(); },
               source.get_token())
        == R"({"ok":true,"data":true})");
  CHECK(answer([](int, std::stop_token stop,
                  const answer_fn<function_result>& done) {
          done(function_result{!stop.stop_requested()});
        })
        == R"({"ok":true})");
  CHECK(answer([](int) -> pending<int> { co_return 7; })
        == R"({"ok":true,"data":7})");
}

TEST_CASE("only the first answer counts", "[answer]") {
  CHECK(answer([](int, const answer_fn<function_result>& done) {
          done(function_result{true, "first", {}});
          done(failure{errc::cancelled});
        })
        == R"({"ok":true,"text":"first"})");
}

TEST_CASE("a handler that fails or lets go is heard", "[answer]") {
  CHECK(answer([](int) {
          return expected<std::string>{
            failure{errc::rate_limited, "slow down", "p"}};
        })
        == "rate_limited p");
  CHECK(answer([](int, answer_fn<function_result>) {})
        == "handler_failed dropped");
  CHECK(answer([](int x) -> pending<int> {
          if (x > 0)
            throw odd_error{"oh"};
          co_return x;
        })
        == "handler_failed byollm::test::(anonymous namespace)::odd_error");
  CHECK(answer([](int x) -> pending<int> {
          if (x > 0)
            throw x;
          co_return x;
        })
        == "handler_failed unknown");
  CHECK(answer([](int) { return std::numeric_limits<double>::infinity(); })
        == "handler_failed result");
  CHECK(answer([](int) {
          return function_result{true, {}, "{"};
        })
        == "no JSON");
}

TEST_CASE("a coroutine settles when what it holds is gone", "[answer]") {
  auto gate = std::make_shared<pending<int>::state>();
  int alive = 0;
  int alive_when_told = -1;
  holding(alive, gate).then([&](const expected<int>& value) {
    CHECK(*value == 3);
    alive_when_told = alive;
  });
  CHECK(alive == 1);
  gate->settle(3);
  CHECK(alive_when_told == 0);
}

TEST_CASE("a coroutine passes values, failures and exceptions on", "[answer]") {
  auto told = [](expected<int> value) {
    auto gate = std::make_shared<pending<int>::state>();
    std::string made;
    later(gate).then([&](const expected<std::string>& got) {
      made = got ? *got : got.error().detail;
    });
    CHECK(made.empty());
    gate->settle(std::move(value));
    return made;
  };
  CHECK(told(5) == "5");
  CHECK(told(-1) == "below nothing");
  CHECK(told(failure{errc::cancelled, "no more"}) == "no more");
}

TEST_CASE("what an exception says is cut short, and UTF-8", "[answer]") {
  auto said = [](const std::string& text) {
    return failure_of(std::make_exception_ptr(std::runtime_error{text}));
  };
  CHECK(said("why").parameter == "std::runtime_error");
  CHECK(said("why").detail == "why");
  CHECK(said("a\xff").detail == "a\xef\xbf\xbd");
  CHECK(said(std::string(5'000, 'x')).detail.size()
        == limits::handler_error_bytes_max);
}

TEST_CASE("a text is cut between characters", "[answer]") {
  CHECK(cut_text("abc", 3) == "abc");
  CHECK(cut_text("abc", 2) == "ab");
  CHECK(cut_text("a\xe2\x82\xac", 4) == "a\xe2\x82\xac");
  CHECK(cut_text("a\xe2\x82\xac", 3) == "a");
  CHECK(cut_text("a\xe2\x82\xac", 1) == "a");
  CHECK(cut_text("\x80\x80", 1).empty());
}

TEST_CASE("a result has JSON, or it is said what has none", "[answer]") {
  auto wrong = [](function_result value) {
    auto made = result_json(value);
    return made ? errc::none : made.error().code;
  };
  CHECK(wrong({true, "\xff", {}}) == errc::handler_failed);
  CHECK(wrong({true, {}, "{} {}"}) == errc::handler_failed);
  CHECK(wrong({true, {}, "\"\xff\""}) == errc::handler_failed);
  CHECK(wrong({true, {}, std::string(100, '[') + std::string(100, ']')})
        == errc::limit_exceeded);
  CHECK(wrong({true, std::string(limits::answer_bytes_max, 'x'), {}})
        == errc::none);
  CHECK(wrong({true, std::string(limits::answer_bytes_max, 'x'), "1"})
        == errc::limit_exceeded);
}

} // namespace byollm::test
