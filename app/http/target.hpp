// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace byollm::http {

/// Splits a request target into the decoded path and the query as it came.
/// Returns false for anything but origin-form (`/path?query`), for broken
/// percent-encoding, and for a path that holds control characters or, decoded,
/// a segment "." or "..".
bool parse_target(std::string_view target, std::string& path,
                  std::string& query);

} // namespace byollm::http
