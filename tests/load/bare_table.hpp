// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/store/sqlite.hpp"
#include "tests/load/encoded_records.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <vector>

namespace byollm::load {

/// The records' bytes, a row each, and nothing else.
class bare_table {
public:
  /// Errors: the store's.
  static expected<bare_table> open(const std::filesystem::path& file);

  /// Commits the next `count` of `records`.
  status commit(const std::vector<record_bytes>& records, size_t count);

private:
  database db_;
  statement insert_;
  std::vector<uint8_t> body_;
  size_t next_ = 0;
};

} // namespace byollm::load
