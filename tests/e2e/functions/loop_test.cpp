// SPDX-License-Identifier: Apache-2.0
// Goal: the agentic loop calls, runs tools side by side, and goes on until the
// LLM is done; a tool's failure is the LLM's to handle.
// Method: a runtime whose LLM answers from a list; what it was asked is read.
#include "tests/e2e/functions/loop_fixture.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <set>
#include <stdexcept>

using namespace byollm;
using namespace byollm::test;

namespace {

const std::string add_1_2 = R"({"a": 1, "b": 2})";

// Where tools wait until they are let out.
class waiting_room {
public:
  void enter(answer_fn<std::string> done) {
    std::lock_guard guard{mutex_};
    waiting_.push_back(std::move(done));
    most_ = std::max(most_, waiting_.size());
    entered_.notify_all();
  }

  void wait_for(size_t count) {
    std::unique_lock guard{mutex_};
    entered_.wait(guard, [&] { return waiting_.size() >= count; });
  }

  answer_fn<std::string> take() {
    std::unique_lock guard{mutex_};
    entered_.wait(guard, [this] { return !waiting_.empty(); });
    auto first = std::move(waiting_.front());
    waiting_.pop_front();
    return first;
  }

  size_t most() {
    std::lock_guard guard{mutex_};
    return most_;
  }

private:
  std::mutex mutex_;
  std::condition_variable entered_;
  std::deque<answer_fn<std::string>> waiting_;
  size_t most_ = 0;
};

// What one use of a tool answers the LLM.
tool_result_block fed_back(agent_tool tool, const std::string& name,
                           const std::string& input) {
  loop_fixture all{{conversation({asks({{name, input}}), says("sorry")})}};
  auto got = all.run_with(std::move(tool));
  CHECK(got.stop == run_stop::finished);
  CHECK(got.tool_calls == 1);
  auto results = results_in(all.llm().asked().back());
  REQUIRE(results.size() == 1);
  return results[0];
}

} // namespace

TEST_CASE("tools, then an answer, in one turn and on one resolution") {
  loop_fixture all{
    {conversation({asks({{"add", add_1_2}}), says("It is 3.")})}};
  auto request = question(add_tool());
  request.request.system = "be exact";
  request.request.purpose = "agent";
  auto got = all.run(std::move(request));
  CHECK(got.stop == run_stop::finished);
  CHECK(got.text() == "It is 3.");
  CHECK(got.rounds == 2);
  CHECK(got.tool_calls == 1);
  CHECK(got.tokens == 30);
  CHECK(got.tokens_known);
  CHECK(got.cost_micro == 0);
  CHECK(got.cost_known);
  CHECK(got.messages.size() == 4);
  auto asked = all.llm().asked();
  REQUIRE(asked.size() == 2);
  for (const auto& body : asked) {
    CHECK(body.find("be exact") != body.npos);
    CHECK(body.find(R"("name":"add","description":"Adds.")") != body.npos);
    CHECK(body.find(R"("required":["a","b"])") != body.npos);
  }
  auto results = results_in(asked[1]);
  REQUIRE(results.size() == 1);
  CHECK(results[0].tool_use_id == "u0");
  CHECK(results[0].text == "3");
  CHECK_FALSE(results[0].is_error);
  auto rows = all.rt().admin().ledger_list("acme", "", 1, 100, false).get();
  REQUIRE(rows);
  std::set<std::string> turns;
  std::set<std::string> calls;
  for (const auto& row : *rows) {
    if (row.type != "intent")
      continue;
    for (const auto& [name, value] : row.fields) {
      if (name == "turn")
        turns.insert(value);
      if (name == "call")
        calls.insert(value);
    }
  }
  CHECK(turns == std::set{got.reply->turn});
  CHECK(calls.size() == 2);
}

TEST_CASE("tools run side by side, and answer in order") {
  loop_fixture all{{conversation(
    {asks({{"meet", "{}"}, {"meet", "{}"}, {"add", add_1_2}}), says("ok")})}};
  auto met = std::make_shared<std::vector<answer_fn<std::string>>>();
  auto request = question(add_tool());
  request.tools.push_back(
    make_tool("meet", "Waits for another.", R"({"type": "object"})",
              [met](const std::string&, answer_fn<std::string> done) {
                met->push_back(std::move(done));
                if (met->size() < 2)
                  return;
                // The second answers first.
                (*met)[1](std::string{"second"});
                (*met)[0](std::string{"first"});
              }));
  auto got = all.run(std::move(request));
  CHECK(got.tool_calls == 3);
  auto results = results_in(all.llm().asked()[1]);
  REQUIRE(results.size() == 3);
  CHECK(results[0].text == "first");
  CHECK(results[1].text == "second");
  CHECK(results[2].text == "3");
  CHECK(results[2].tool_use_id == "u2");
  met->clear();
}

TEST_CASE("so many tools run at a time and no more, and all answer") {
  constexpr size_t wanted = 40;
  constexpr size_t at_a_time = 16;
  std::vector<std::pair<std::string, std::string>> uses(wanted, {"slow", "{}"});
  loop_fixture all{{conversation({asks(uses), says("ok")})}};
  auto room = std::make_shared<waiting_room>();
  auto started = byollm::run(
    open_turn(all.rt()).llm(),
    question(make_tool("slow", "Waits.", R"({"type": "object"})",
                       [room](const std::string&, answer_fn<std::string> done) {
                         room->enter(std::move(done));
                       })));
  room->wait_for(at_a_time);
  // One by one: each makes room for another.
  for (size_t i = 0; i < wanted; ++i)
    room->take()(std::to_string(i));
  auto got = started.get();
  REQUIRE(got);
  CHECK(got->tool_calls == wanted);
  CHECK(room->most() == at_a_time);
  auto results = results_in(all.llm().asked()[1]);
  REQUIRE(results.size() == wanted);
  for (size_t i = 0; i < wanted; ++i)
    CHECK(results[i].tool_use_id == "u" + std::to_string(i));
}

TEST_CASE("tools that answer at once need no stack for each other") {
  std::vector<std::pair<std::string, std::string>> uses(1'000,
                                                        {"add", add_1_2});
  loop_fixture all{{conversation({asks(uses), says("ok")})}};
  auto deepest = std::make_shared<std::pair<const char*, const char*>>();
  auto tool = make_tool("add", "", R"({"type": "object"})",
                        [deepest](const std::string&) {
                          char here = 0;
                          auto& [first, last] = *deepest;
                          last = &here;
                          first = first ? first : last;
                          return std::string{"3"};
                        });
  auto got = all.run_with(std::move(tool));
  CHECK(got.tool_calls == 1'000);
  CHECK(std::abs(deepest->first - deepest->second) < 4'096);
}

TEST_CASE("a pause is gone on from") {
  loop_fixture all{{conversation({says("a", "pause_turn"), says("b")})}};
  auto got = all.run({.request = say("q")});
  CHECK(got.text() == "b");
  CHECK(got.rounds == 2);
  CHECK(got.messages.size() == 3);
  CHECK(all.llm().asked()[0].find("\"tools\"") == std::string::npos);
}

TEST_CASE("arguments that do not fit go back, and the tool does not run") {
  auto ran = std::make_shared<int>(0);
  auto result = fed_back(add_tool(ran), "add", R"({"a": 1, "b": "x"})");
  CHECK(result.is_error);
  CHECK(result.text.find("the arguments do not fit: the argument /b") == 0);
  CHECK(*ran == 0);
}

TEST_CASE("a tool that there is not goes back") {
  auto result = fed_back(add_tool(), "nothing", "{}");
  CHECK(result.is_error);
  CHECK(result.text == "there is no tool nothing");
}

TEST_CASE("a tool that raises, fails, or lets go, goes back") {
  auto tool = [](auto handler) {
    return make_tool("t", "", R"({"type": "object"})", handler);
  };
  auto raised = fed_back(tool([](const std::string&) -> std::string {
                           throw std::out_of_range{"no shelf"};
                         }),
                         "t", "{}");
  CHECK(raised.is_error);
  CHECK(raised.text == "std::out_of_range: no shelf");
  auto failed = fed_back(
    tool([](const std::string&) {
      return expected<std::string>{failure{errc::rate_limited, "slow down"}};
    }),
    "t", "{}");
  CHECK(failed.is_error);
  CHECK(failed.text == "rate_limited: slow down");
  auto dropped = fed_back(
    tool([](const std::string&, answer_fn<std::string>) {}), "t", "{}");
  CHECK(dropped.is_error);
  CHECK(dropped.text == "dropped: it let go of its answer");
}

TEST_CASE("an answer without end is cut, and one without JSON goes back") {
  auto long_one = fed_back(
    make_tool("t", "", R"({"type": "object"})",
              [](const std::string&) { return std::string(1u << 20, 'x'); }),
    "t", "{}");
  CHECK_FALSE(long_one.is_error);
  CHECK(long_one.text.size() == (256u << 10) + 11);
  CHECK(long_one.text.ends_with("x [cut here]"));
  auto no_json = fed_back(
    make_tool("t", "", R"({"type": "object"})",
              [](const std::string&) { return std::string("\xff"); }),
    "t", "{}");
  CHECK(no_json.text == "\xef\xbf\xbd");
  auto not_finite
    = fed_back(make_tool("t", "", R"({"type": "object"})",
                         [](const std::string&) { return 1 / 0.0; }),
               "t", "{}");
  CHECK(not_finite.is_error);
}

TEST_CASE("a tool may be a coroutine, and gets its arguments as JSON") {
  auto result = fed_back(
    make_tool("t", "", R"({"type": "object"})",
              [](std::string json) -> pending<std::string> { co_return json; }),
    "t", R"({"x": 1})");
  CHECK(result.text == R"({"x": 1})");
}

TEST_CASE("what is no loop is refused") {
  loop_fixture all{{conversation({})}};
  auto refused = [&](run_request request, const std::string& parameter) {
    auto got = byollm::run(open_turn(all.rt()).llm(), std::move(request)).get();
    REQUIRE_FALSE(got);
    CHECK(got.error().code == errc::invalid_request);
    CHECK(got.error().parameter == parameter);
  };
  auto request = question(add_tool());
  request.request.id = "one-name";
  refused(request, "id");
  request = question(add_tool());
  request.request.tools = {{"add", "", "{}"}};
  refused(request, "tools");
  request = question(add_tool());
  request.tools.push_back(add_tool());
  refused(request, "tools");
  refused(question(agent_tool{"t", "", "{}"}), "tools");
  CHECK(all.llm().asked().empty());
}
