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

result call_named(std::string_view provider, const std::string& id,
                  const std::string& name, size_t count = 1) {
  auto function = R"("function":{"name":")" + name + R"(","arguments":{}})";
  auto calls = joined(count, R"({"id":")" + id + R"(",)" + function + '}');
  if (provider == "openai")
    return decode("openai", false,
                  R"({"choices":[{"message":{"tool_calls":[)" + calls
                    + "]}}]}");
  if (provider == "local-ollama")
    return decode("local-ollama", false,
                  R"({"message":{"tool_calls":[)" + calls
                    + R"(]},"done":true})");
  auto block = R"({"type":"tool_use","id":")" + id + R"(","name":")" + name
               + R"(","input":{}})";
  return decode("anthropic", false,
                R"({"content":[)" + joined(count, block) + "]}");
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

TEST_CASE("ids and names of tools that are too long end the answer", "[cost]") {
  std::string id(limits::tool_id_bytes_max, 'i');
  std::string name(limits::tool_name_bytes_max, 'n');
  for (auto provider : all_providers) {
    CAPTURE(provider);
    CHECK(call_named(provider, id, name).why.code == errc::none);
    for (auto [got, bound] :
         {std::pair{call_named(provider, id + 'i', "n"), "tool_id_bytes_max"},
          std::pair{call_named(provider, "i", name + 'n'),
                    "tool_name_bytes_max"}}) {
      CHECK(got.why.code == errc::answer_too_large);
      CHECK(got.why.parameter == bound);
      CHECK(got.reply.content.empty());
    }
  }
}

TEST_CASE("ids and names of all tools together are bounded", "[cost]") {
  std::string id(limits::tool_id_bytes_max - 1, 'i');
  auto most = limits::tool_labels_bytes_max / limits::tool_id_bytes_max;
  for (auto provider : {"anthropic", "local-ollama"}) {
    CHECK(call_named(provider, id, "n", most).why.code == errc::none);
    auto over = call_named(provider, id, "n", most + 1);
    CHECK(over.why.code == errc::answer_too_large);
    CHECK(over.why.parameter == "tool_labels_bytes_max");
    CHECK(over.reply.content.size() == most);
  }
}

TEST_CASE("what an error says of itself is short", "[cost]") {
  std::string word(100'000, 'a');
  auto error = R"({"error":{"type":")" + word + R"(","code":")" + word
               + R"(","param":")" + word + R"("},"model":")" + word + "\"}";
  for (auto provider : all_providers) {
    answer what{400, {{"request-id", word}}, error};
    auto got = decode(provider, false, what);
    CHECK(got.why.code == errc::provider_rejected);
    for (const auto& text :
         {got.why.provider_code, got.why.provider_type,
          got.why.provider_request_id, got.why.parameter, got.why.detail,
          got.reply.provider_request_id, got.reply.model})
      CHECK(text.size() <= limits::model_bytes_max);
  }
}
