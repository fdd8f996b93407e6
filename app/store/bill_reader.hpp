// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/store/bill_replay.hpp"

#include <map>
#include <optional>
#include <string>
#include <utility>

namespace byollm {

/// Rows of the bill's tables that are read before appends have their turn
/// again.
constexpr int64_t slice_bill_rows = 2'048;

/// Reads the tables of the bill. Not thread-safe.
class bill_reader {
public:
  static expected<bill_reader> open(database& db);

  /// Returns the line that `made` is billed on; nothing if its row is missing
  /// or another.
  expected<std::optional<int64_t>> line_of(const bill_replay::bill& made);

  /// Counts the next slice of rows that are of the outcomes up to record
  /// `last`, or of none: the ledger has `size` records now. Returns whether
  /// there are more.
  expected<bool> count_rows(uint64_t last, uint64_t size);

  uint64_t counted() const noexcept {
    return counted_;
  }

  using day_line = std::pair<int64_t, int64_t>;
  using sums_by_day_line = std::map<day_line, bill_sums>;

  /// Returns the next slice of sums behind `after`, from the first on if that
  /// is missing; an empty one at the end.
  expected<sums_by_day_line> days(const std::optional<day_line>& after);

private:
  bool is(const bill_replay::bill& made);
  void bind_place();
  void note_place();

  statement row_;
  statement rows_;
  statement days_;
  // -- where `count_rows` goes on ---------------------------------------------
  bool is_begun_ = false;
  bool is_blob_ = false;
  std::string call_;
  std::string tenant_;
  int64_t attempt_ = 0;
  uint64_t counted_ = 0;
};

} // namespace byollm
