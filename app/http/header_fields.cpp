// SPDX-License-Identifier: Apache-2.0
#include "app/http/header_fields.hpp"

#include "app/http/characters.hpp"

#include <algorithm>

namespace byollm::http {

namespace {

constexpr size_t usual_bytes = 512;
constexpr size_t usual_fields = 16;

} // namespace

void header_fields::add(std::string_view name, std::string_view value) {
  if (slices_.empty()) {
    // What a usual client sends, in one step.
    bytes_.reserve(usual_bytes);
    slices_.reserve(usual_fields);
  }
  slice made{static_cast<uint32_t>(bytes_.size()),
             static_cast<uint32_t>(name.size()),
             static_cast<uint32_t>(value.size())};
  for (char c : name)
    bytes_.push_back(lower(c));
  append(bytes_, value);
  slices_.push_back(made);
}

header_fields::field header_fields::at(size_t index) const noexcept {
  auto& found = slices_[index];
  auto start = bytes_.data() + found.begin;
  return {{start, found.name_size},
          {start + found.name_size, found.value_size}};
}

std::string_view
header_fields::find(std::string_view lower_case_name) const noexcept {
  for (size_t i = 0; i < slices_.size(); ++i)
    if (auto found = at(i); found.name == lower_case_name)
      return found.value;
  return {};
}

bool header_fields::has(std::string_view lower_case_name) const noexcept {
  for (size_t i = 0; i < slices_.size(); ++i)
    if (at(i).name == lower_case_name)
      return true;
  return false;
}

void header_fields::clear() noexcept {
  bytes_.clear();
  slices_.clear();
}

} // namespace byollm::http
