// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "providers/dialect.hpp"
#include "providers/json/writer.hpp"

#include <span>
#include <string_view>

namespace byollm::kinds {

/// Appends what a caller who speaks `dialect` adds, each member as it stands;
/// nothing for callers of another, or where nothing is taken. Errors:
/// `invalid_request` for a member that is one of `ours`, for what is no JSON
/// object, and for a header that is not on the list of `dialect_extra`.
status append_extra(json::writer& to, const encode_input& in,
                    std::string_view dialect,
                    std::span<const std::string_view> ours);

/// Adds the extra headers to `to`, in the place of ours of the same name, but
/// for those of the trace, which are the transport's; none of another
/// dialect's, nor where nothing is taken. Errors: as `append_extra`.
status add_headers(wire_request& to, const encode_input& in,
                   std::string_view dialect);

} // namespace byollm::kinds
