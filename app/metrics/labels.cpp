// SPDX-License-Identifier: Apache-2.0
#include "app/metrics/labels.hpp"

#include "providers/catalog.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace byollm::metrics {

namespace {

constexpr std::string_view other = "other";

} // namespace

std::span<const std::string_view> provider_labels() noexcept {
  static const auto table = make_provider_table();
  static const auto names = [] {
    std::vector<std::string_view> made;
    for (const auto& kind : *table)
      made.push_back(kind.name);
    made.push_back(other);
    return made;
  }();
  return names;
}

size_t provider_index(std::string_view name) noexcept {
  auto known = provider_labels();
  auto it = std::ranges::find(known, name);
  auto index = static_cast<size_t>(it - known.begin());
  return std::min(index, known.size() - 1);
}

std::string_view status_label(int status) noexcept {
  constexpr std::array<std::string_view, 5> classes
    = {"1xx", "2xx", "3xx", "4xx", "5xx"};
  auto index = static_cast<size_t>(status / 100 - 1);
  return index < classes.size() ? classes[index] : std::string_view{"gone"};
}

} // namespace byollm::metrics
