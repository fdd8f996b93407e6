// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/standin/dialects.hpp"

#include <optional>
#include <string_view>

namespace byollm::standin {

/// How providers refuse, before a dialect dresses it.
struct refusal {
  unsigned status;
  /// OpenAI's code; Anthropic has types only.
  std::string_view openai_code;
  std::string_view anthropic_type;
  std::string_view message;
};

/// Returns how a provider would refuse `key`, if it is one of the keys that
/// stand for a refusal: `standin-bad`, `standin-forbidden`, `standin-unpaid`.
std::optional<refusal> refusal_of_key(std::string_view key) noexcept;

/// Returns how a provider would refuse `what`, if its model stands for that:
/// `missing` is not there, `floor-16` takes no bound below 16
/// tokens.
std::optional<refusal> refusal_of_ask(const ask& what) noexcept;

/// Whether the model thinks through its first 16 tokens: `thinks-first`.
bool thinks_first(std::string_view model) noexcept;

/// Whether the model knows no tools: `no-tools`.
bool knows_no_tools(std::string_view model) noexcept;

http_answer openai_refusal(const refusal& why);
http_answer anthropic_refusal(const refusal& why);
http_answer ollama_refusal(const refusal& why);

} // namespace byollm::standin
