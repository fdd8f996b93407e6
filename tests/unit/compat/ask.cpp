// SPDX-License-Identifier: Apache-2.0
#include "ask.hpp"

#include <catch2/catch.hpp>

namespace byollm::clients {

expected<asked_message> read(const dialect& as, const std::string& body,
                             const header_list& headers) {
  return with_source(body, headers, [&](const source& from) {
    CAPTURE(body);
    REQUIRE(from.body.IsObject());
    return as.read(from);
  });
}

std::string refusal(const dialect& as, const std::string& body) {
  auto got = read(as, body);
  return got ? "" : got.error().parameter + ": " + got.error().detail;
}

std::string lost_in(const asked_message& asked) {
  std::string made;
  for (const auto& each : asked.losses)
    made.append(to_string(each.what)).append(" ");
  return made;
}

message_reply sample_reply() {
  message_reply made;
  made.content = {thinking_block{"Hm.", "sig"}, text_block{"Let me \"see\"."},
                  tool_use_block{"t1", "find", R"({"q":1})"},
                  tool_use_block{"t2", "now", "{}"}};
  made.usage = {token_usage::source::provider, 7, 2, 1, 9, 4};
  made.stop = stop_reason::tool_use;
  made.provider = "anthropic";
  made.model = "m-1";
  made.call = "0199-c";
  made.turn = "0199-t";
  made.is_byollm = true;
  return made;
}

std::vector<delta> sample_pieces() {
  using kind = delta::kind;
  return {{kind::thinking, 0, "Hm."},
          {kind::signature, 0, "sig"},
          {kind::keep_alive, 0, ""},
          {kind::text, 1, "Let me "},
          {kind::text, 1, "\"see\"."},
          {kind::tool_start, 2, "", "t1", "find"},
          {kind::tool_input, 2, "{\"q\""},
          {kind::tool_input, 2, ":1}"},
          {kind::tool_start, 3, "", "t2", "now"}};
}

call_facts sample_facts() {
  return {"0199-c", "m-1", 1'800'000'000, false};
}

} // namespace byollm::clients
