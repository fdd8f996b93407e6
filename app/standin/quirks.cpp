// SPDX-License-Identifier: Apache-2.0
#include "app/standin/quirks.hpp"

namespace byollm::standin {

namespace {

constexpr uint64_t floor_tokens = 16;

} // namespace

std::optional<refusal> refusal_of_key(std::string_view key) noexcept {
  if (key == bad_key)
    return refusal{401, "invalid_api_key", "authentication_error",
                   "Incorrect API key provided."};
  if (key == "standin-forbidden")
    return refusal{403, "unsupported_country_region_territory",
                   "permission_error", "Not available in your region."};
  if (key == "standin-unpaid")
    return refusal{429, "insufficient_quota", "billing_error",
                   "You exceeded your current quota."};
  return std::nullopt;
}

std::optional<refusal> refusal_of_ask(const ask& what) noexcept {
  if (what.model == "missing")
    return refusal{404, "model_not_found", "not_found_error",
                   "The model does not exist."};
  if (what.model == "floor-16" && what.tokens_max < floor_tokens)
    return refusal{400, "integer_below_min_value", "invalid_request_error",
                   "The bound of tokens is below the minimum."};
  return std::nullopt;
}

bool thinks_first(std::string_view model) noexcept {
  return model == "thinks-first";
}

bool knows_no_tools(std::string_view model) noexcept {
  return model == "no-tools";
}

http_answer openai_refusal(const refusal& why) {
  return openai_error(why.status, "invalid_request_error", why.openai_code,
                      why.message);
}

http_answer anthropic_refusal(const refusal& why) {
  return anthropic_error(why.status, why.anthropic_type, why.message);
}

http_answer ollama_refusal(const refusal& why) {
  return ollama_error(why.status, why.message);
}

} // namespace byollm::standin
