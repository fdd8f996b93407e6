// SPDX-License-Identifier: Apache-2.0
// Goal: what an answer or a conversation costs grows with its length, not with
// the square of it, and what is looked at byte by byte is short. Method: count
// the bytes that are allocated, since each search of a text copies it and each
// table is made of nodes; bounds.
#include "messages/limits.hpp"
#include "tests/support/allocated.hpp"
#include "tests/unit/dialects/encode_call.hpp"
#include "tests/unit/dialects/harness.hpp"

#include <catch2/catch.hpp>

using namespace byollm;
using namespace byollm::test;

namespace {

/// What a byte may cost; a search for each of a thousand things costs hundreds.
constexpr size_t bytes_per_byte_max = 64;

std::string joined(size_t count, const std::string& each) {
  std::string made;
  for (size_t i = 0; i < count; ++i)
    made.append(i == 0 ? "" : ",").append(each);
  return made;
}

} // namespace

TEST_CASE("a whole answer of unknown blocks is searched once", "[cost]") {
  auto block = R"({"type":"unheard_of","x":")" + std::string(200, 'x') + "\"}";
  auto body
    = R"({"content":[)" + joined(limits::content_blocks_max, block) + "]}";
  result got;
  auto cost = bytes_allocated_by(
    [&] { got = decode("anthropic", false, std::string{body}); });
  REQUIRE(got.why.code == errc::none);
  REQUIRE(got.reply.content.size() == limits::content_blocks_max);
  CHECK(std::get<opaque_block>(got.reply.content.back()).json == block);
  CHECK(cost < bytes_per_byte_max * body.size());
}

TEST_CASE("the tools of a conversation are found once", "[cost]") {
  call what{.provider = "local-ollama", .request = hello()};
  for (int i = 0; i < 500; ++i) {
    auto id = "call_" + std::to_string(i);
    what.request.messages.push_back(
      assistant({tool_use_block{id, "find", "{}"}}));
    what.request.messages.push_back(user({tool_result_block{id, "found"}}));
  }
  size_t sent = 0;
  auto cost = bytes_allocated_by([&] { sent = what.encode()->body.size(); });
  CHECK(cost < bytes_per_byte_max * sent);
}

TEST_CASE("a result names the tool of the latest call under its id", "[cost]") {
  call what{.provider = "local-ollama", .request = hello()};
  what.request.messages
    = {assistant({tool_use_block{"1", "old", "{}"}}),
       user({tool_result_block{"1", "a"}}),
       assistant({tool_use_block{"1", "new", "{}"},
                  tool_use_block{"1", "other", "{}"}}),
       user({tool_result_block{"1", "b"}, tool_result_block{"2", "c"}})};
  auto body = what.encode()->body;
  CHECK(body.find(R"("content":"a","tool_name":"new")") != body.npos);
  CHECK(body.find(R"("content":"b","tool_name":"new")") != body.npos);
  CHECK(body.find(R"("content":"c"})") != body.npos);
}
