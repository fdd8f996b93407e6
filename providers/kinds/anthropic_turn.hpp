// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "providers/dialect.hpp"

#include <string_view>

namespace byollm::kinds {

/// Returns why Anthropic would refuse the wish to think; empty if it would not.
/// Within a budget, a turn thinks from its beginning or not at all: one that
/// waits for tools' results, and began without a thought that Anthropic signed,
/// goes on without; so does one that must call a tool. The model is told
/// nothing of thinking then, and gets no thoughts back.
std::string_view why_not_think(const encode_input& in) noexcept;

} // namespace byollm::kinds
