// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/pages/page_files.hpp"

#include <span>

namespace byollm::pages {

/// Every file of app/pages/files; `.cmake/embed.cmake` writes its source.
std::span<const page_file> embedded_files() noexcept;

} // namespace byollm::pages
