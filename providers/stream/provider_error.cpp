// SPDX-License-Identifier: Apache-2.0
#include "providers/stream/provider_error.hpp"

#include "messages/limits.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace byollm {

namespace {

using json::find;
using json::text_of;

struct known_token {
  std::string_view token;
  errc code;
};

// Tokens that say more than the HTTP status they come with.
constexpr std::array precise_tokens = {
  known_token{"insufficient_quota", errc::quota_exhausted},
  known_token{"billing_error", errc::quota_exhausted},
  known_token{"billing_hard_limit_reached", errc::quota_exhausted},
  known_token{"context_length_exceeded", errc::context_length},
  known_token{"exceed_context_size_error", errc::context_length},
  known_token{"content_policy_violation", errc::content_policy},
  known_token{"content_filter", errc::content_policy},
  known_token{"invalid_prompt", errc::content_policy},
  known_token{"model_not_found", errc::model_not_found},
  known_token{"rate_limit_exceeded", errc::rate_limited},
  known_token{"rate_limit_error", errc::rate_limited},
  known_token{"overloaded_error", errc::provider_overloaded},
  known_token{"invalid_api_key", errc::authentication},
  known_token{"authentication_error", errc::authentication},
  known_token{"permission_error", errc::permission},
};

// Tokens that decide only where no status does: inside a stream.
constexpr std::array general_tokens = {
  known_token{"invalid_request_error", errc::provider_rejected},
  known_token{"request_too_large", errc::provider_rejected},
  known_token{"not_found_error", errc::model_not_found},
  known_token{"unavailable_error", errc::provider_overloaded},
  known_token{"timeout_error", errc::provider_timeout},
};

// Some refusals have no token of their own. The text is looked at, never kept.
constexpr std::array telling_phrases = {
  known_token{"prompt is too long", errc::context_length},
  known_token{"exceed context limit", errc::context_length},
  known_token{"maximum context length", errc::context_length},
  known_token{"exceeds the available context size", errc::context_length},
  known_token{"exceeds the context length", errc::context_length},
  known_token{"credit balance is too low", errc::quota_exhausted},
};

template <size_t Size>
std::optional<errc> look_up(const std::array<known_token, Size>& table,
                            std::string_view token) noexcept {
  for (auto& entry : table)
    if (entry.token == token)
      return entry.code;
  return std::nullopt;
}

std::optional<errc> from_phrase(std::string_view message) noexcept {
  for (auto& entry : telling_phrases)
    if (message.find(entry.token) != std::string_view::npos)
      return entry.code;
  return std::nullopt;
}

std::optional<errc> from_status(unsigned status) noexcept {
  switch (status) {
  case 401:
    return errc::authentication;
  case 402:
    return errc::quota_exhausted;
  case 403:
    return errc::permission;
  case 404:
    return errc::model_not_found;
  case 429:
    return errc::rate_limited;
  case 503:
  case 529:
    return errc::provider_overloaded;
  case 504:
  case 524: // Cloudflare's
    return errc::provider_timeout;
  default:
    if (status >= 300 && status < 400)
      return errc::redirected;
    if (status >= 400 && status < 500)
      return errc::provider_rejected;
    if (status >= 500 && status < 600)
      return errc::provider_fault;
    return std::nullopt;
  }
}

std::string_view words_for(errc code) noexcept {
  switch (code) {
  case errc::authentication:
    return "the provider refused the key";
  case errc::permission:
    return "the provider does not allow this key to do that";
  case errc::quota_exhausted:
    return "the account at the provider is out of quota or credit";
  case errc::rate_limited:
    return "the provider limits the rate of requests";
  case errc::context_length:
    return "the conversation is too long for the model";
  case errc::content_policy:
    return "the provider refused the content";
  case errc::model_not_found:
    return "the provider does not know this model or path";
  case errc::provider_overloaded:
    return "the provider is overloaded";
  case errc::provider_timeout:
    return "the provider, or a proxy before it, gave up waiting";
  case errc::redirected:
    return "the provider answered with a redirect, which is never followed";
  case errc::provider_rejected:
    return "the provider refused the request";
  default:
    return "the provider failed";
  }
}

// Anthropic begins its text with where the mistake is: "messages.0.content: "
// or "`max_tokens` must". Only what is a member of a request is one.
std::string_view leading_path(std::string_view message) noexcept {
  constexpr std::array members
    = {"max_tokens", "messages",    "metadata", "model",       "output_config",
       "stream",     "system",      "thinking", "temperature", "stop_sequences",
       "tools",      "tool_choice", "top_k",    "top_p"};
  auto quoted = message.starts_with('`');
  if (quoted)
    message.remove_prefix(1);
  auto path = message.substr(0, message.find(quoted ? '`' : ':'));
  auto first = path.substr(0, path.find('.'));
  auto is_member
    = std::any_of(members.begin(), members.end(),
                  [first](std::string_view each) { return each == first; });
  return is_member && path.size() < message.size() ? path : std::string_view{};
}

bool is_given(const json::value& error) noexcept {
  return !(error.is_null() || error.is_false() || json::count_of(&error) == 0
           || (error.is_text() && text_of(&error).empty()));
}

provider_error read_error(const json::value& from) noexcept {
  if (from.is_text())
    return {.message = text_of(&from)};
  provider_error result{.type = text_of(find(from, "type")),
                        .code = text_of(find(from, "code")),
                        .message = text_of(find(from, "message")),
                        .param = text_of(find(from, "param"))};
  for (auto name : {"code", "status", "status_code"})
    if (auto number = json::count_of(find(from, name)); number && *number < 600)
      result.number = static_cast<unsigned>(*number);
  return result;
}

} // namespace

std::optional<provider_error> find_error(const json::value& root) noexcept {
  if (auto* error = find(root, "error"); error && is_given(*error))
    return read_error(*error);
  if (text_of(find(root, "object")) == "error"
      || text_of(find(root, "type")) == "error")
    return read_error(root);
  return std::nullopt;
}

bool is_safe_token(std::string_view text) noexcept {
  if (text.empty() || text.size() > 64)
    return false;
  size_t letters = 0;
  size_t digits = 0;
  for (char c : text) {
    if (c == '_' || c == '.' || c == '-') {
      letters = digits = 0;
      continue;
    }
    if (c >= 'a' && c <= 'z')
      ++letters;
    else if (c >= '0' && c <= '9')
      ++digits;
    else
      return false;
    // Keys are long words or long mixtures; error tokens are neither.
    if (letters + digits > (digits > 0 ? 7u : 24u))
      return false;
  }
  return true;
}

bool is_safe_path(std::string_view text) noexcept {
  std::string plain{text};
  std::ranges::replace_if(
    plain, [](char c) { return c == '[' || c == ']'; }, '.');
  return is_safe_token(plain);
}

bool is_safe_name(std::string_view text) noexcept {
  constexpr std::string_view marks = "._:/@+-";
  auto is_plain = [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
           || (c >= '0' && c <= '9') || marks.find(c) != marks.npos;
  };
  return !text.empty() && text.size() <= limits::model_bytes_max
         && std::all_of(text.begin(), text.end(), is_plain);
}

errc classify(unsigned http_status, const provider_error& what) noexcept {
  for (auto token : {what.code, what.type})
    if (auto code = look_up(precise_tokens, token))
      return *code;
  if (auto code = from_phrase(what.message))
    return *code;
  if (http_status != 200)
    return from_status(http_status).value_or(errc::protocol);
  for (auto token : {what.code, what.type})
    if (auto code = look_up(general_tokens, token))
      return *code;
  auto code = from_status(what.number);
  return code && *code != errc::redirected ? *code : errc::provider_fault;
}

failure make_failure(unsigned http_status, const provider_error& what) {
  failure result{.code = classify(http_status, what)};
  result.detail = words_for(result.code);
  result.http_status = static_cast<uint16_t>(http_status);
  result.sent = certainty::yes;
  auto path = what.param.empty() ? leading_path(what.message) : what.param;
  if (result.code == errc::provider_rejected && is_safe_path(path))
    result.parameter = path;
  auto has_code = is_safe_token(what.code);
  if (is_safe_token(what.type))
    (has_code ? result.provider_type : result.provider_code) = what.type;
  if (has_code)
    result.provider_code = what.code;
  return result;
}

failure broken_answer(errc code, std::string_view detail) {
  failure result{.code = code, .detail = std::string{detail}};
  result.sent = certainty::yes;
  return result;
}

} // namespace byollm
