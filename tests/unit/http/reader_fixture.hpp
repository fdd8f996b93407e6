// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/http/request_reader.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace byollm::test {

/// Small, so that tests reach them.
constexpr http::request_reader::bounds small_bounds{1'024, 16, 256};

/// What a reader made of a connection's bytes.
struct reading {
  /// Each as "METHOD path?query|name=value|...|body".
  std::vector<std::string> requests;
  /// 0 if all was good as far as it went.
  int status = 0;
  /// A request has begun and is not whole.
  bool is_open = false;

  bool operator==(const reading&) const = default;
};

/// Reads `pieces` one after the other. With `into_room`, bodies go where
/// `request_reader::room` says.
reading read(const std::vector<std::string_view>& pieces,
             http::request_reader::bounds most = small_bounds,
             bool into_room = false);

/// Returns `bytes` in pieces of `size`.
std::vector<std::string_view> cut(std::string_view bytes, size_t size);

} // namespace byollm::test
