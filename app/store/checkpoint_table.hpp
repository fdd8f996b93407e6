// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/store/sqlite.hpp"

#include <functional>
#include <optional>
#include <string>

namespace byollm {

/// A signed checkpoint as it is stored: its number of records, and the note.
struct stored_checkpoint {
  uint64_t size = 0;
  std::string note;
};

/// The checkpoints that were signed. Each call is short and leaves no
/// transaction open. Not thread-safe.
class checkpoint_table {
public:
  static expected<checkpoint_table> open(database& db);

  /// Sets what else each `add` writes in its transaction.
  void with_each(std::function<status(uint64_t size)> also) {
    also_ = std::move(also);
  }

  /// Makes a checkpoint durable, in a transaction of its own.
  status add(database& db, const stored_checkpoint& what);

  expected<std::optional<stored_checkpoint>> last();

  /// Returns the first checkpoint of `size` records or more, if there is one.
  expected<std::optional<stored_checkpoint>> from(uint64_t size);

  /// Returns up to `limit` of the newest checkpoints, oldest first.
  expected<std::vector<stored_checkpoint>> newest(size_t limit);

private:
  std::function<status(uint64_t size)> also_;
  expected<std::optional<stored_checkpoint>> one(statement& query);

  statement insert_;
  statement last_;
  statement from_;
  statement newest_;
};

} // namespace byollm
