// SPDX-License-Identifier: Apache-2.0
// The stable names of every enumeration, as ledgers and JSON carry them.
#include "messages/cascade.hpp"
#include "messages/ledger.hpp"
#include "messages/llm_test.hpp"
#include "messages/settings.hpp"

#include <algorithm>
#include <array>

namespace byollm {

namespace {

// Looks a value up by its number; enumerations here are dense.
template <size_t N, class Enum>
std::string_view name_at(const std::array<std::string_view, N>& names,
                         Enum value) noexcept {
  auto index = static_cast<size_t>(value);
  return index < N ? names[index] : std::string_view{"undocumented"};
}

constexpr std::array<std::string_view, parameter_count> parameter_names
  = {"temperature",       "top_p",         "max_tokens", "presence_penalty",
     "frequency_penalty", "stop_sequences"};

constexpr std::array<std::string_view, 7> rung_names
  = {"unset", "call", "extension", "purpose", "global", "required", "ceiling"};

constexpr std::array<std::string_view, 4> disposition_names
  = {"unset", "taken", "clamped", "dropped"};

constexpr std::array<std::string_view, 7> stop_reason_names
  = {"unknown",  "end_turn", "max_tokens", "stop_sequence",
     "tool_use", "refusal",  "pause"};

constexpr std::array<std::string_view, 9> call_status_names
  = {"undocumented", "success", "failed",  "rejected", "validation_rejected",
     "cancelled",    "partial", "refused", "unknown"};

constexpr std::array<std::string_view, 7> ledger_flaw_names
  = {"intact",    "edited",      "missing", "reordered",
     "truncated", "rolled back", "forked"};

constexpr std::array<std::string_view, 7> delta_kind_names
  = {"text",       "thinking", "signature", "tool_start",
     "tool_input", "block",    "keep_alive"};

} // namespace

std::string_view to_string(parameter which) noexcept {
  return name_at(parameter_names, which);
}

std::optional<parameter> parse_parameter(std::string_view name) noexcept {
  auto it = std::find(parameter_names.begin(), parameter_names.end(), name);
  if (it == parameter_names.end())
    return std::nullopt;
  return static_cast<parameter>(it - parameter_names.begin());
}

std::string_view to_string(rung value) noexcept {
  return name_at(rung_names, value);
}

std::string_view to_string(disposition value) noexcept {
  return name_at(disposition_names, value);
}

std::string_view to_string(stop_reason value) noexcept {
  return name_at(stop_reason_names, value);
}

std::string_view to_string(ledger_flaw value) noexcept {
  return name_at(ledger_flaw_names, value);
}

std::string_view to_string(call_status value) noexcept {
  return name_at(call_status_names, value);
}

std::string_view to_string(delta::kind value) noexcept {
  return name_at(delta_kind_names, value);
}

std::string_view to_string(token_usage::source value) noexcept {
  constexpr std::array<std::string_view, 3> names
    = {"none", "provider", "estimated"};
  return name_at(names, value);
}

std::string_view to_string(billing_class value) noexcept {
  return value == billing_class::byollm ? "byollm" : "platform";
}

std::string_view to_string(fallback_policy value) noexcept {
  return value == fallback_policy::error ? "error" : "platform";
}

std::string_view to_string(parameter_scope value) noexcept {
  constexpr std::array<std::string_view, 4> names
    = {"global", "purpose", "extension", "ceiling"};
  return name_at(names, value);
}

std::string_view to_string(answerer value) noexcept {
  constexpr std::array<std::string_view, 3> names
    = {"user", "platform", "second_choice"};
  return name_at(names, value);
}

std::string_view to_string(role value) noexcept {
  return value == role::user ? "user" : "assistant";
}

std::string_view to_string(call_kind value) noexcept {
  constexpr std::array<std::string_view, 4> names
    = {"message", "models", "embeddings", "count"};
  return name_at(names, value);
}

std::string_view to_string(thinking_wish::effort value) noexcept {
  constexpr std::array<std::string_view, 4> names
    = {"off", "low", "medium", "high"};
  return name_at(names, value);
}

std::string_view to_string(lost value) noexcept {
  constexpr std::array<std::string_view, 14> names
    = {"thoughts",    "thinking",      "effort",        "seed",  "metadata",
       "cache_marks", "error_marks",   "one_at_a_time", "extra", "answer_parts",
       "blocks",      "result_images", "cut_call",      "output"};
  return name_at(names, value);
}

std::string_view to_string(turn_source value) noexcept {
  constexpr std::array<std::string_view, 5> names
    = {"chat", "panel", "mcp", "webhook", "test"};
  return name_at(names, value);
}

std::string_view to_string(test_stage value) noexcept {
  constexpr std::array<std::string_view, test_stage_count> names
    = {"syntax", "address", "tls",     "authentication",
       "model",  "answer",  "tool_use"};
  return name_at(names, value);
}

std::string_view to_string(test_verdict value) noexcept {
  constexpr std::array<std::string_view, 6> names
    = {"undocumented", "passed",         "failed",
       "not_tried",    "not_applicable", "inconclusive"};
  return name_at(names, value);
}

std::string_view to_string(action_type value) noexcept {
  constexpr std::array<std::string_view, 3> names
    = {"read", "write", "destructive"};
  return name_at(names, value);
}

} // namespace byollm
