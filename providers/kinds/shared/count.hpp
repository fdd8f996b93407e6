// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "providers/dialect.hpp"

#include <memory>
#include <string_view>

namespace byollm::kinds {

/// Returns a decoder of a count of tokens: the member `name`, a literal.
std::unique_ptr<answer_decoder> make_count_decoder(std::string_view name);

} // namespace byollm::kinds
