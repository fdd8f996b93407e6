// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/vault/wiped_bytes.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace byollm::http {

/// The fields of a head, in order, in two blocks of memory however many there
/// are. Names are lower-case. One of the values is a token.
class header_fields {
public:
  struct field {
    std::string_view name;
    std::string_view value;
  };

  /// Appends a field; lowers `name`.
  void add(std::string_view name, std::string_view value);

  size_t size() const noexcept {
    return slices_.size();
  }

  /// Returns field `index`; the views live as long as this does, unmoved.
  field at(size_t index) const noexcept;

  /// Returns the first value of `lower_case_name`, or nothing.
  std::string_view find(std::string_view lower_case_name) const noexcept;

  /// Returns whether there is such a field.
  bool has(std::string_view lower_case_name) const noexcept;

  void clear() noexcept;

private:
  struct slice {
    uint32_t begin = 0;
    uint32_t name_size = 0;
    uint32_t value_size = 0;
  };

  wiped_bytes bytes_;
  std::vector<slice> slices_;
};

} // namespace byollm::http
