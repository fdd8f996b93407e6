// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/service/routes.hpp"

#include <span>
#include <string_view>

namespace byollm::service {

/// Returns in whose words to say that `path` is none of `known`. Below `/v1/`
/// an official client asks for what only its provider has, unless the first
/// name there is one of our own routes'. Elsewhere it asks with a base URL that
/// lacks `/v1`, if the first name is one of a client's.
words words_of_unknown(std::span<const entry> known,
                       std::string_view path) noexcept;

/// Returns what to say of it to who asks in these words.
std::string_view why_unknown(words in, std::string_view path) noexcept;

} // namespace byollm::service
