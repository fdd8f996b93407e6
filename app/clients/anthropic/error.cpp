// SPDX-License-Identifier: Apache-2.0
#include "app/clients/anthropic/parts.hpp"
#include "app/clients/trouble.hpp"

#include <array>

namespace byollm::clients::anthropic {

namespace {

struct words {
  trouble what;
  int status;
  std::string_view type;
};

constexpr std::array table = {
  words{trouble::request, 400, "invalid_request_error"},
  words{trouble::key, 401, "authentication_error"},
  words{trouble::money, 402, "billing_error"},
  words{trouble::forbidden, 403, "permission_error"},
  words{trouble::missing, 404, "not_found_error"},
  words{trouble::model, 404, "not_found_error"},
  words{trouble::conflict, 409, "invalid_request_error"},
  words{trouble::size, 413, "request_too_large"},
  words{trouble::length, 400, "invalid_request_error"},
  words{trouble::content, 400, "invalid_request_error"},
  words{trouble::pace, 429, "rate_limit_error"},
  words{trouble::busy, 529, "overloaded_error"},
  words{trouble::closed, 503, "api_error"},
  words{trouble::late, 504, "timeout_error"},
  words{trouble::fault, 500, "api_error"},
  words{trouble::cancelled, 499, "api_error"},
};

constexpr bool is_in_order() noexcept {
  for (size_t i = 0; i < table.size(); ++i)
    if (static_cast<size_t>(table[i].what) != i)
      return false;
  return true;
}

static_assert(is_in_order());

const words& words_of(trouble what) noexcept {
  return table[static_cast<size_t>(what)];
}

// The official client looks for this, and goes on without a thread.
void append_thread(json::writer& to) {
  to.key("details").begin_object();
  to.member("error_code", "thread_unsupported_request");
  to.key("unsupported").begin_array().string("thread").end_array();
  to.end_object();
}

std::string body_of(const words& known, std::string_view message,
                    std::string_view id, bool of_thread) {
  std::string out;
  json::writer to{out};
  to.begin_object().member("type", "error").key("error").begin_object();
  to.member("type", known.type).member("message", message);
  if (of_thread)
    append_thread(to);
  to.end_object().member("request_id", id).end_object();
  return out;
}

} // namespace

told_failure render(const failure& why, std::string_view id) {
  const auto& known = words_of(trouble_of(why.code));
  auto of_thread = why.code == errc::unsupported && why.parameter == "thread";
  return {known.status, body_of(known, message_of(why), id, of_thread)};
}

told_failure render_refusal(int status, std::string_view why,
                            std::string_view id) {
  return {status, body_of(words_of(trouble_of_status(status)), why, id, false)};
}

} // namespace byollm::clients::anthropic
