// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace byollm {

/// Returns `text` in UTF-8, at most `most` bytes of it, cut at the end of a
/// character; each byte that is none becomes U+FFFD.
std::string cut_text(std::string_view text, size_t most);

} // namespace byollm
