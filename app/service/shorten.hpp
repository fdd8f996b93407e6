// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace byollm::service {

// Texts in UTF-8, cut between characters.

/// Returns at most `most` bytes of the beginning of `text`.
std::string_view beginning_of(std::string_view text, size_t most) noexcept;

/// Returns `text`, or of a longer one its beginning, a mark, and most of all
/// its end, where a traceback says what went wrong: at most `most` bytes.
std::string ends_of(std::string_view text, size_t most);

} // namespace byollm::service
