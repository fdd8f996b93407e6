// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/traits.hpp"

#include <string_view>

namespace byollm {

class dialect;

/// Returns the dialect of the provider kind called `name`, or null.
const dialect* find_dialect(std::string_view name) noexcept;

/// Returns the traits of every provider kind of this build.
provider_table_ptr make_provider_table();

} // namespace byollm
