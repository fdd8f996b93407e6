// SPDX-License-Identifier: Apache-2.0
#include "app/service/unknown_path.hpp"

#include <algorithm>

namespace byollm::service {

namespace {

// "llm" of "/v1/llm/messages".
std::string_view area_of(std::string_view path) noexcept {
  constexpr std::string_view api = "/v1/";
  if (!path.starts_with(api))
    return {};
  path.remove_prefix(api.size());
  return path.substr(0, path.find('/'));
}

bool is_our_own(std::span<const entry> known, std::string_view area) noexcept {
  return std::ranges::any_of(known, [area](const entry& each) {
    return each.in == words::ours && area_of(each.path) == area;
  });
}

} // namespace

words words_of_unknown(std::span<const entry> known,
                       std::string_view path) noexcept {
  auto area = area_of(path);
  if (area.empty() || is_our_own(known, area))
    return words::ours;
  return area == "messages" ? words::anthropic : words::either;
}

} // namespace byollm::service
