// SPDX-License-Identifier: Apache-2.0
// Goal: what makes no sense or is too much is refused before it is sent, and no
// byte of a caller leaves its quotes. Method: tables, for all dialects.
#include "messages/limits.hpp"
#include "tests/unit/dialects/encode_call.hpp"

#include <rapidjson/document.h>

#include <catch2/catch.hpp>

using namespace byollm;
using namespace byollm::test;

TEST_CASE("messages that make no sense are refused before they are sent",
          "[encode]") {
  const std::vector<chat_message> table[] = {
    {},
    {user({})},
    {user({tool_use_block{"i", "n", "{}"}})},
    {user({thinking_block{"t", "s"}})},
    {assistant({tool_result_block{"i", "t"}})},
    {assistant({image_block{"image/png", "eA==", {}}})},
    {user({image_block{}})},
    {user({image_block{"image/png", "eA==", "https://x.example.com"}})},
    {user({image_block{"", "eA==", ""}})},
    {assistant({tool_use_block{"i", "n", "[1]"}})},
    {assistant({tool_use_block{"i", "n", "{\"a\":"}})},
    {assistant({tool_use_block{"i", "n", "{}, \"evil\": {}"}})},
  };
  for (auto provider : all_providers)
    for (auto& messages : table) {
      auto got = call{.provider = provider, .request = {.messages = messages}}
                   .encode();
      CAPTURE(provider, &messages - table);
      REQUIRE_FALSE(got);
      CHECK(got.error().code == errc::invalid_request);
      CHECK(got.error().parameter == "messages");
      CHECK(got.error().sent == certainty::no);
    }
}

TEST_CASE("a schema is JSON of bounded depth", "[encode]") {
  auto deep = [](size_t depth) {
    return "{\"a\":" + std::string(depth - 1, '[') + std::string(depth - 1, ']')
           + '}';
  };
  for (auto provider : all_providers) {
    call what{.provider = provider, .request = hello()};
    auto with = [&](std::string schema) {
      what.request.tools = {{"t", "", std::move(schema)}};
      return what.encode();
    };
    CHECK(with(deep(64)));
    REQUIRE_FALSE(with(deep(65)));
    CHECK(with(deep(65)).error().code == errc::limit_exceeded);
    CHECK(with(deep(200'000)).error().parameter == "tools");
    for (auto bad : {"null", "[]", "{", "{}x", " ", "{\"a\":1e999}"}) {
      CAPTURE(bad);
      REQUIRE_FALSE(with(bad));
      CHECK(with(bad).error().code == errc::invalid_request);
    }
  }
}

TEST_CASE("strings of any bytes stay inside their quotes", "[encode]") {
  const std::string evil = "\",\"x\":\"\n\r\x01\xFF\xED\xA0\x80 \u2028";
  for (auto provider : all_providers) {
    call what{.provider = provider, .model = evil};
    what.request.system = evil;
    what.request.messages = {user({text_block{evil}})};
    what.request.tools = {{evil, evil, "{\"d\":\"\xFF\\ud800\"}"}};
    what.request.metadata = {{"user_id", evil}};
    what.params.stop_sequences = {{evil}};
    auto got = what.encode();
    REQUIRE(got);
    rapidjson::Document doc;
    doc.Parse<rapidjson::kParseValidateEncodingFlag>(got->body.data(),
                                                     got->body.size());
    CHECK_FALSE(doc.HasParseError());
    CHECK_FALSE(doc.HasMember("x"));
    CHECK(got->body.find('\n') == std::string::npos);
  }
}

TEST_CASE("a request may be as long as its limit and no longer", "[encode]") {
  for (auto provider : all_providers) {
    call what{.provider = provider, .request = hello()};
    auto frame = what.encode()->body.size() - 2;
    auto with = [&](size_t size) {
      what.request.messages[0].content
        = {text_block{std::string(size - frame, 'x')}};
      return what.encode();
    };
    CHECK(with(limits::request_bytes_max));
    auto over = with(limits::request_bytes_max + 1);
    REQUIRE_FALSE(over);
    CHECK(over.error().code == errc::limit_exceeded);
  }
}
