// SPDX-License-Identifier: Apache-2.0
#include "app/clients/openai/parts.hpp"
#include "app/clients/trouble.hpp"

#include <array>

namespace byollm::clients::openai {

namespace {

struct words {
  trouble what;
  int status;
  std::string_view type;
  /// Empty: our own name for it.
  std::string_view code;
};

constexpr std::string_view request_error = "invalid_request_error";

// What OpenAI has no word for keeps ours as its code.
constexpr std::array table = {
  words{trouble::request, 400, request_error, ""},
  words{trouble::key, 401, request_error, "invalid_api_key"},
  words{trouble::money, 429, "insufficient_quota", "insufficient_quota"},
  words{trouble::forbidden, 403, "permission_error", ""},
  words{trouble::missing, 404, request_error, ""},
  words{trouble::model, 404, request_error, "model_not_found"},
  words{trouble::conflict, 409, request_error, ""},
  words{trouble::size, 413, request_error, "request_too_large"},
  words{trouble::length, 400, request_error, "context_length_exceeded"},
  words{trouble::content, 400, request_error, "content_policy_violation"},
  words{trouble::pace, 429, "requests", "rate_limit_exceeded"},
  words{trouble::busy, 503, "server_error", ""},
  words{trouble::closed, 503, "server_error", ""},
  words{trouble::late, 504, "server_error", ""},
  words{trouble::fault, 502, "server_error", ""},
  words{trouble::cancelled, 499, "server_error", ""},
};

const words& words_of(trouble what) noexcept {
  return table[static_cast<size_t>(what)];
}

constexpr bool is_in_order() noexcept {
  for (size_t i = 0; i < table.size(); ++i)
    if (static_cast<size_t>(table[i].what) != i)
      return false;
  return true;
}

static_assert(is_in_order());

// Our names for what a body asks, in OpenAI's words.
std::string_view param_of(std::string_view ours) noexcept {
  if (ours == "output")
    return "response_format";
  if (ours == "thinking")
    return "reasoning_effort";
  return ours == "stop_sequences" ? "stop" : ours;
}

std::string body_of(const words& known, std::string_view message,
                    std::string_view param, std::string_view code) {
  std::string out;
  json::writer to{out};
  to.begin_object().member("message", message).member("type", known.type);
  to.key("param");
  param.empty() ? to.null() : to.string(param);
  to.member("code", known.code.empty() ? code : known.code).end_object();
  return out;
}

int status_of(const failure& why, const words& known) noexcept {
  return why.code == errc::provider_fault ? 500 : known.status;
}

} // namespace

std::string error_json(const failure& why) {
  auto code = why.code == errc::provider_rejected && !why.provider_code.empty()
                ? std::string_view{why.provider_code}
                : to_string(why.code);
  return body_of(words_of(trouble_of(why.code)), message_of(why),
                 param_of(why.parameter), code);
}

told_failure render(const failure& why, std::string_view) {
  const auto& known = words_of(trouble_of(why.code));
  return {status_of(why, known), "{\"error\":" + error_json(why) + '}'};
}

told_failure render_refusal(int status, std::string_view why) {
  const auto& known = words_of(trouble_of_status(status));
  return {status, "{\"error\":"
                    + body_of(known, why, {}, to_string(errc::invalid_request))
                    + '}'};
}

} // namespace byollm::clients::openai
