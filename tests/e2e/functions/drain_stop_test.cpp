// SPDX-License-Identifier: Apache-2.0
// Goal: who cancels a call that the platform pays, and who stops the runtime,
// waits for none of its usage. Method: an LLM that begins to answer and never
// ends.
#include "tests/e2e/functions/loop_fixture.hpp"

#include "messages/limits.hpp"

#include <catch2/catch.hpp>

#include <future>

using namespace byollm;
using namespace byollm::test;

namespace {

const std::string first_event
  = "event: message_start\n"
    R"(data: {"type":"message_start","message":{"id":"msg_1",)"
    R"("type":"message","role":"assistant","model":"scripted","content":[],)"
    R"("usage":{"input_tokens":10,"output_tokens":1}}})"
    "\n\n";

const std::string first_word
  = "event: content_block_start\n"
    R"(data: {"type":"content_block_start","index":0,)"
    R"("content_block":{"type":"text","text":""}})"
    "\n\nevent: content_block_delta\n"
    R"(data: {"type":"content_block_delta","index":0,)"
    R"("delta":{"type":"text_delta","text":"hello"}})"
    "\n\n";

upstream_script begins_to_answer() {
  return std::move(upstream_script{}.expect().send(
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
    "Transfer-Encoding: chunked\r\n\r\n"
    + chunk(first_event) + chunk(first_word)));
}

} // namespace

TEST_CASE("nobody waits for the usage of a cancelled call") {
  loop_fixture all{{begins_to_answer()}};
  std::promise<void> began;
  std::promise<errc> told;
  stream_callbacks to;
  to.on_delta = [&, has_begun = false](const delta&) mutable {
    if (!std::exchange(has_begun, true))
      began.set_value();
    return flow::more;
  };
  to.on_done = [&](auto reply) {
    told.set_value(reply ? errc::none : reply.error().code);
  };
  auto turn = open_turn(all.rt(), "bob");
  auto call = turn.llm().stream(say("hello"), std::move(to));
  began.get_future().wait();
  call.cancel();
  CHECK(told.get_future().get() == errc::cancelled);
  // Left to itself it would be read on for longer than this.
  auto patience = limits::cancelled_drain_time_max - std::chrono::seconds{1};
  auto has_ended = all.rt().stop(patience);
  REQUIRE(has_ended);
  CHECK(*has_ended);
}
