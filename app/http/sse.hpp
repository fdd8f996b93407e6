// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace byollm::http {

/// Returns one event of an event stream, without the line `event:` if `name` is
/// empty. `data` is JSON: a line end between its values becomes a space.
std::string event(std::string_view name, std::string_view data);

} // namespace byollm::http
