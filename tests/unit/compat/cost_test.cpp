// SPDX-License-Identifier: Apache-2.0
// Goal: what it costs to read a body grows with its length, however it is made.
// Method: count the bytes that are allocated, since what is written anew is
// copied; bounds.
#include "ask.hpp"

#include "messages/limits.hpp"
#include "tests/support/allocated.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

namespace byollm::clients {

namespace {

std::string many(size_t count, const std::string& each) {
  std::string made = each;
  for (size_t i = 1; i < count; ++i)
    made.append(",").append(each);
  return made;
}

std::string with_content(const std::string& blocks) {
  return R"({"max_tokens":9,"messages":[{"role":"user","content":[)" + blocks
         + "]}]}";
}

/// A tool's result, inside of another, and so on.
std::string nested_results(size_t deep) {
  auto made
    = R"({"type":"text","text":")" + std::string(64u << 10, 'x') + "\"}";
  for (size_t i = 0; i < deep; ++i)
    made.insert(0, R"({"type":"tool_result","tool_use_id":"t","content":[)")
      .append("]}");
  return with_content(made);
}

/// What `dialect::read` alone allocates.
size_t cost_of_reading(const std::string& body) {
  return with_source(body, {}, [](const source& from) {
    return test::bytes_allocated_by(
      [&] { REQUIRE(anthropic_dialect().read(from)); });
  });
}

size_t count_of(const asked_message& asked, lost what) {
  return static_cast<size_t>(
    std::ranges::count(asked.losses, what, &loss::what));
}

} // namespace

TEST_CASE("losses of one kind are bounded, and the last says so", "[cost]") {
  auto blocks = many(1'000, R"({"type":"text","text":"a","x":1})");
  auto marked = R"({"type":"text","text":"b",
    "cache_control":{"type":"ephemeral","ttl":"1h"}})";
  auto got = read(anthropic_dialect(), with_content(blocks + ',' + marked));
  REQUIRE(got);
  CHECK(count_of(*got, lost::extra) == limits::losses_of_kind_max);
  CHECK(got->losses[0].why == "there is no place for messages.0.content.0.x");
  CHECK(got->losses[limits::losses_of_kind_max - 1].why
        == "and more of this kind");
  // Another kind is told nevertheless.
  CHECK(count_of(*got, lost::cache_marks) == 1);
}

TEST_CASE("a reason that comes again is told once", "[cost]") {
  auto blocks = many(1'000, R"({"type":"text","text":"b",
    "cache_control":{"type":"ephemeral","ttl":"1h"}})");
  auto got = read(anthropic_dialect(), with_content(blocks));
  REQUIRE(got);
  CHECK(lost_in(*got) == "cache_marks ");
}

TEST_CASE("results inside of results are written once", "[cost]") {
  auto shallow = cost_of_reading(nested_results(2));
  auto deep = cost_of_reading(nested_results(28));
  CHECK(deep < 2 * shallow);
}

TEST_CASE("a result that holds more than texts and images is Anthropic's own",
          "[clients]") {
  auto result_of = [](const std::string& parts) {
    return R"({"type":"tool_result","tool_use_id":"t","content":[)" + parts
           + "]}";
  };
  auto text = std::string{R"({"type":"text","text":"a"})"};
  for (const auto& parts :
       {result_of(text), text + R"(,{"type":"document","x":1})",
        std::string{R"({"type":"image","source":{"type":"file"}})"}}) {
    auto block = result_of(parts);
    auto got = read(anthropic_dialect(), with_content(block));
    REQUIRE(got);
    auto& content = got->request.messages[0].content;
    CHECK(std::get<opaque_block>(content.at(0)).json == block);
    CHECK(got->losses.empty());
  }
  CHECK(refusal(anthropic_dialect(), with_content(result_of("{}")))
        == "messages.0.content.0.content.0.type: it is a text that must be "
           "there");
  CHECK(refusal(anthropic_dialect(), with_content(result_of("1")))
        == "messages.0.content.0.content: a block is an object");
}

TEST_CASE("results of tools in a row are one message", "[clients]") {
  auto result = R"({"role":"tool","tool_call_id":"t","content":"a"})";
  auto got
    = read(openai_dialect(),
           R"({"messages":[{"role":"user","content":"hi"},)" + many(3, result)
             + R"(,{"role":"user","content":"so"},)" + result + "]}");
  REQUIRE(got);
  const auto& said = got->request.messages;
  REQUIRE(said.size() == 4);
  CHECK(said[1].content.size() == 3);
  CHECK(said[3].content.size() == 1);
}

} // namespace byollm::clients
