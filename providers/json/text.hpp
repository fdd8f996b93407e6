// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace byollm::json {

/// Returns whether `text` is well-formed UTF-8 (no overlong forms, no encoded
/// surrogates, nothing above U+10FFFF).
bool is_utf8(std::string_view text) noexcept;

/// Appends `text` to `out`; each byte that is not part of a well-formed
/// sequence becomes U+FFFD.
void append_utf8(std::string& out, std::string_view text);

/// Returns JSON `text` with U+FFFD for every invalid byte and for every escape
/// of a surrogate that has no partner, as producers that cut strings between
/// UTF-16 units write them. The result is `text` itself if there is nothing to
/// replace, otherwise a view of `scratch`.
std::string_view repaired(std::string_view text, std::string& scratch);

} // namespace byollm::json
