// SPDX-License-Identifier: Apache-2.0
#include "app/standin/openai.hpp"
#include "app/standin/quirks.hpp"

namespace byollm::standin {

http_answer openai_error(unsigned status, std::string_view type,
                         std::string_view code, std::string_view message) {
  json_writer out;
  out.open().open("error").add("message", message).add("type", type);
  out.add_null("param");
  if (code.empty())
    out.add_null("code");
  else
    out.add("code", code);
  return {status, "application/json", out.close().close().str(), {}};
}

namespace openai {

bool check_key(const http_request& request, http_answer& refusal) {
  auto key = bearer(request);
  if (auto why = refusal_of_key(key))
    refusal = openai_refusal(*why);
  else if (key.empty())
    refusal = openai_error(401, "invalid_request_error", "invalid_api_key",
                           "You didn't provide an API key.");
  else
    return true;
  return false;
}

const char* finish_reason(stop_reason stop) noexcept {
  switch (stop) {
  case stop_reason::tool:
    return "tool_calls";
  case stop_reason::length:
    return "length";
  case stop_reason::end:
  case stop_reason::stop_sequence:
    break;
  }
  return "stop";
}

void write_usage(const answer& what, json_writer& out) {
  out.open("usage")
    .add("prompt_tokens", what.input_tokens)
    .add("completion_tokens", what.output_tokens)
    .add("total_tokens", what.input_tokens + what.output_tokens)
    .open("prompt_tokens_details")
    .add("cached_tokens", uint64_t{0})
    .close()
    .open("completion_tokens_details")
    .add("reasoning_tokens", uint64_t{0})
    .close()
    .close();
}

void write_head(const ask& from, uint64_t serial, const char* object,
                json_writer& out) {
  out.open()
    .add("id", "chatcmpl-standin-" + std::to_string(serial))
    .add("object", object)
    .add("created", unix_seconds())
    .add("model", from.model);
}

std::string call_id(uint64_t serial) {
  return "call_standin_" + std::to_string(serial);
}

} // namespace openai

} // namespace byollm::standin
