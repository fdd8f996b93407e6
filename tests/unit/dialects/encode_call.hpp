// SPDX-License-Identifier: Apache-2.0
// A call to encode, spelled as briefly as a test wants it.
#pragma once

#include "providers/catalog.hpp"
#include "providers/dialect.hpp"

#include <string>
#include <vector>

namespace byollm::test {

inline constexpr std::string_view all_providers[]
  = {"anthropic", "openai", "local-ollama"};

struct call {
  std::string_view provider = {};
  std::string model = "m";
  std::string url = "https://llm.example.com";
  create_message_request request = {};
  parameters params = {};
  bool stream = false;

  expected<wire_request> encode() const {
    auto at = base_url::parse(url);
    return find_dialect(provider)->encode(
      {*at, model, request, params, stream});
  }
};

inline chat_message user(std::vector<content_block> content) {
  return {role::user, std::move(content)};
}

inline chat_message assistant(std::vector<content_block> content) {
  return {role::assistant, std::move(content)};
}

inline create_message_request hello() {
  return {.messages = {user({text_block{"Hi"}})}};
}

} // namespace byollm::test
