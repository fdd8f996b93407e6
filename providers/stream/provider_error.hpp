// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/errors.hpp"
#include "providers/json/document.hpp"

#include <optional>
#include <string_view>

namespace byollm {

/// The parts of a provider's error object. Views into the answer: only `type`
/// and `code` ever leave this module, and only as `is_safe_token` allows.
struct provider_error {
  std::string_view type = {};
  std::string_view code = {};
  std::string_view message = {};
  /// What of the request is wrong, in OpenAI's words: "messages[0].content".
  std::string_view param = {};
  /// A numeric `code` or `status`, as some servers send it; 0 if there is none.
  unsigned number = 0;
};

/// Returns the error in a JSON answer of any of the three dialects (servers mix
/// them), or nothing if there is none: an absent, null, false or empty `error`.
std::optional<provider_error> find_error(const json::value& root) noexcept;

/// Returns whether `text` is a machine's word for an error and cannot hold a
/// key:
/// `[a-z0-9_.-]{1,64}`, words of at most 24, mixed with digits of at most 7.
bool is_safe_token(std::string_view text) noexcept;

/// Returns whether `text` may leave this module as the name of a part of a
/// request: words as of `is_safe_token`, also with numbers in brackets.
bool is_safe_path(std::string_view text) noexcept;

/// Returns whether `text` may leave this module as a model's name:
/// `[A-Za-z0-9._:/@+-]`, at most `limits::model_bytes_max`. No character that
/// an encoding of something else needs.
bool is_safe_name(std::string_view text) noexcept;

/// Returns what an answer with `http_status` and `what` means. Status 200 is
/// for errors inside a stream.
errc classify(unsigned http_status, const provider_error& what) noexcept;

/// Returns the failure that tells it in our own words.
failure make_failure(unsigned http_status, const provider_error& what);

/// Returns a failure of the answer itself (`protocol`, `truncated`, ...).
failure broken_answer(errc code, std::string_view detail);

} // namespace byollm
