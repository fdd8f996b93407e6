// SPDX-License-Identifier: Apache-2.0
// Goal: the agentic loop ends within its limits, when it is cancelled and when
// the runtime stops, and says why; nothing of it goes on then.
// Method: an LLM that asks for the same tool for ever, one that does not
// answer, and tools that hang.
#include "tests/e2e/functions/loop_fixture.hpp"

#include <catch2/catch.hpp>

#include <future>

using namespace byollm;
using namespace byollm::test;
using std::chrono::milliseconds;

namespace {

const std::string again = asks({{"add", R"({"a": 1, "b": 2})"}});

// Runs a loop against these replies; it must ask for exactly them.
run_result stops(const std::vector<std::string>& replies, run_limits most,
                 const std::string& user = "ada") {
  loop_fixture all{{conversation(replies)}};
  auto got = all.run(question(add_tool(), most), user);
  CHECK(all.llm().asked().size() == replies.size());
  CHECK(got.rounds == replies.size());
  return got;
}

run_stop stop_of(const std::vector<std::string>& replies, run_limits most = {},
                 const std::string& user = "ada") {
  return stops(replies, most, user).stop;
}

} // namespace

TEST_CASE("so many rounds") {
  auto got = stops({again, again, again}, {.rounds = 3});
  CHECK(got.stop == run_stop::rounds);
  // The last tools would have run for nobody.
  CHECK(got.tool_calls == 2);
  CHECK(stop_of({}, {.rounds = 0}) == run_stop::rounds);
}

TEST_CASE("so many tokens, and one more") {
  CHECK(stop_of({again, again}, {.tokens = 30}) == run_stop::tokens);
  CHECK(stop_of({again, again, again}, {.tokens = 31}) == run_stop::tokens);
}

TEST_CASE("what nobody counted is not zero") {
  CHECK(stop_of({uncounted(again)}, {.tokens = 1'000}) == run_stop::uncounted);
  // Without a limit nobody needs to count.
  auto got = stops({uncounted(again), says("ok")}, {});
  CHECK(got.stop == run_stop::finished);
  CHECK(got.tokens == 15);
  CHECK_FALSE(got.tokens_known);
}

TEST_CASE("so much money, at the prices of the platform") {
  loop_fixture all{{conversation({again, again})}};
  // 10 in and 5 out a reply: 20 micro-units.
  price_entry price{"anthropic", "scripted", {}, token_prices{}};
  price.per_million->input_uncached = 1'000'000;
  price.per_million->output = 2'000'000;
  REQUIRE(all.rt().admin().change_price(price, "admin").get());
  auto got = all.run(question(add_tool(), {.cost_micro = 40}), "bob");
  CHECK(got.stop == run_stop::cost);
  CHECK(got.cost_micro == 40);
  CHECK(got.cost_known);
  CHECK(got.rounds == 2);
}

TEST_CASE("the user's own LLM costs nothing, an unpriced one nobody knows") {
  CHECK(stop_of({again, says("ok")}, {.cost_micro = 1}) == run_stop::finished);
  auto got = stops({again}, {.cost_micro = 1'000}, "bob");
  CHECK(got.stop == run_stop::uncounted);
  CHECK_FALSE(got.cost_known);
  CHECK_FALSE(got.reply->is_byollm);
}

TEST_CASE("a finished answer is finished at any limit") {
  CHECK(stop_of({says("ok")}, {.rounds = 1, .tokens = 1})
        == run_stop::finished);
}

TEST_CASE("length and refusal") {
  CHECK(stop_of({says("a", "max_tokens")}) == run_stop::length);
  CHECK(stop_of({says("a", "refusal")}) == run_stop::refused);
}

TEST_CASE("a call that was cut is not run, and the loop says length") {
  auto ran = std::make_shared<int>();
  loop_fixture all{{conversation({cut(asks({{"add", R"({"a": 1})"}}))})}};
  auto got = all.run_with(add_tool(ran));
  CHECK(got.stop == run_stop::length);
  CHECK(*ran == 0);
  REQUIRE(got.reply);
  REQUIRE(got.reply->losses.size() == 1);
  CHECK(got.reply->losses[0].what == lost::cut_call);
  // Who goes on from here sends no empty message.
  CHECK(got.messages.size() == 1);
}

TEST_CASE("a provider that refuses the content refuses the loop") {
  std::string body = R"({"type":"error","error":{"type":"content_filter"}})";
  loop_fixture all{{upstream_script{}.expect().send(
    "HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\n"
    "Content-Length: "
    + std::to_string(body.size()) + "\r\n\r\n" + body)}};
  CHECK(all.run_with(add_tool()).stop == run_stop::refused);
}

TEST_CASE("a call that fails ends with what there was") {
  loop_fixture all{{upstream_script{}
                      .expect()
                      .send(ok_response(again))
                      .expect()
                      .send("HTTP/1.1 400 Bad Request\r\n"
                            "Content-Length: 0\r\n\r\n")}};
  auto got = all.run_with(add_tool());
  CHECK(got.stop == run_stop::failed);
  CHECK(got.why.code == errc::provider_rejected);
  CHECK(got.tool_calls == 1);
  CHECK(got.messages.size() == 3);
  CHECK(got.reply);
}

TEST_CASE("the time ends a call") {
  loop_fixture all{{upstream_script{}.expect().expect()}};
  auto got = all.run_with(add_tool(), {.time = milliseconds{20}});
  CHECK(got.stop == run_stop::time);
  CHECK(got.rounds == 1);
  CHECK_FALSE(got.reply);
  // Down to the socket.
  eventually([&] { return all.rt().stats().in_flight == 0; });
  eventually([&] { return all.llm().open_connections() == 0; });
}

TEST_CASE("the time ends a tool, which hears of it") {
  // Longer each time, until the tool had begun.
  for (auto time = milliseconds{50};; time *= 2) {
    loop_fixture all{{conversation({asks({{"hang", "{}"}})})}};
    hanging_tool tool;
    auto got = all.run_with(tool.made(), {.time = time});
    CHECK(got.stop == run_stop::time);
    CHECK(got.rounds == 1);
    CHECK(got.tool_calls == 0);
    auto began = tool.started->get_future().wait_for(milliseconds{0});
    if (began != std::future_status::ready)
      continue;
    tool.stopped->get_future().wait();
    break;
  }
}

TEST_CASE("whoever asked may cancel a call") {
  loop_fixture all{{upstream_script{}.expect().expect()}};
  std::stop_source source;
  auto request = question(add_tool());
  request.stop = source.get_token();
  auto ended = byollm::run(open_turn(all.rt()).llm(), std::move(request));
  eventually([&] { return all.llm().asked().size() == 1; });
  source.request_stop();
  auto got = ended.get();
  REQUIRE(got);
  CHECK(got->stop == run_stop::failed);
  CHECK(got->why.code == errc::cancelled);
  eventually([&] { return all.llm().open_connections() == 0; });
}

TEST_CASE("whoever asked may cancel a tool") {
  loop_fixture all{
    {conversation({asks({{"hang", "{}"}, {"add", R"({"a":1,"b":2})"}})})}};
  hanging_tool tool;
  std::stop_source source;
  auto request = question(tool.made());
  request.tools.push_back(add_tool());
  request.stop = source.get_token();
  auto ended = byollm::run(open_turn(all.rt()).llm(), std::move(request));
  tool.started->get_future().wait();
  source.request_stop();
  auto got = ended.get();
  REQUIRE(got);
  CHECK(got->why.code == errc::cancelled);
  tool.stopped->get_future().wait();
  CHECK(all.llm().asked().size() == 1);
}

TEST_CASE("what was cancelled before it began asks nobody") {
  loop_fixture all{{conversation({})}};
  std::stop_source source;
  source.request_stop();
  auto request = question(add_tool());
  request.stop = source.get_token();
  auto got = all.run(std::move(request));
  CHECK(got.why.code == errc::cancelled);
  CHECK(got.rounds == 0);
  CHECK(all.llm().asked().empty());
}

TEST_CASE("a loop ends with its runtime, in a call and in a tool") {
  for (auto in_a_tool : {false, true}) {
    auto first = in_a_tool ? conversation({asks({{"hang", "{}"}})})
                           : upstream_script{}.expect().expect();
    loop_fixture all{{first}};
    hanging_tool tool;
    auto ended
      = byollm::run(open_turn(all.rt()).llm(),
                    question(tool.made(), {.time = std::chrono::hours{1}}));
    if (in_a_tool)
      tool.started->get_future().wait();
    else
      eventually([&] { return all.llm().asked().size() == 1; });
    REQUIRE(all.rt().stop(milliseconds{0}));
    auto got = ended.get();
    REQUIRE(got);
    CHECK(got->stop == run_stop::failed);
    CHECK(got->why.code == (in_a_tool ? errc::stopping : errc::cancelled));
  }
}
