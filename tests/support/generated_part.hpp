// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace byollm::test {

/// Compares the part of `page` between the lines `<!-- generated: NAME -->` and
/// `<!-- /generated -->` with `text`, blank lines around either aside. Returns
/// "" if they agree, and otherwise the first line that differs and what to do.
/// With BYOLLM_WRITE_DOCS=1 in the environment the part is replaced instead.
/// Programs that share a page must not write it at the same time.
std::string check_generated_part(const std::filesystem::path& page,
                                 std::string_view name, std::string_view text);

/// The same with a page's text: returns it with the part replaced, or "" if it
/// has no such part.
std::string with_generated_part(const std::string& page, std::string_view name,
                                std::string_view text);

} // namespace byollm::test
