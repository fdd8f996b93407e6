// SPDX-License-Identifier: Apache-2.0
#include "app/pages/page_files.hpp"

#include "app/pages/embedded.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace byollm::pages {

namespace {

// Nothing but our own files runs or loads, nobody frames a page, and no form
// posts elsewhere.
constexpr auto content_policy
  = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' "
    "data:; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'";

std::string_view type_of(std::string_view name) noexcept {
  constexpr std::array types
    = {std::pair{".html", "text/html; charset=utf-8"},
       std::pair{".css", "text/css; charset=utf-8"},
       std::pair{".js", "text/javascript; charset=utf-8"},
       std::pair{".svg", "image/svg+xml"}};
  auto found = std::ranges::find_if(
    types, [&](const auto& one) { return name.ends_with(one.first); });
  return found == types.end() ? "application/octet-stream" : found->second;
}

} // namespace

std::optional<http::answer> show_file(std::string_view name) {
  auto all = embedded_files();
  auto found = std::ranges::find(all, name, &page_file::name);
  if (found == all.end())
    return std::nullopt;
  http::answer made{200, std::string{found->bytes}, std::string{type_of(name)}};
  made.headers = {{"Content-Security-Policy", content_policy},
                  {"Referrer-Policy", "no-referrer"},
                  {"X-Frame-Options", "DENY"},
                  {"Cross-Origin-Opener-Policy", "same-origin"},
                  {"Cross-Origin-Resource-Policy", "same-origin"}};
  return made;
}

} // namespace byollm::pages
