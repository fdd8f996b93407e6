// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/http/exchange.hpp"

#include <optional>
#include <string_view>

namespace byollm::pages {

/// One file of the pages, compiled into the program.
struct page_file {
  std::string_view name;
  std::string_view bytes;
};

/// Returns the answer that shows a file, with what browsers are told about it;
/// nothing if there is no such file.
std::optional<http::answer> show_file(std::string_view name);

} // namespace byollm::pages
