// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/ledger/history.hpp"
#include "app/store/call_records.hpp"
#include "app/store/checkpoint_table.hpp"
#include "app/store/ledger_scan.hpp"
#include "messages/ports/store.hpp"

#include <functional>
#include <memory>

namespace byollm {

/// Records that a long read looks at before appends have their turn again, and
/// the rest of the row that they end in.
constexpr size_t slice_records = 512;

/// Of those, how many are made rows of a list: that takes as long as reading
/// many.
constexpr size_t slice_rows = 256;

/// The same for rows of usage.
constexpr int64_t slice_usage_rows = 2'048;

/// A read in slices.
class long_read {
public:
  virtual ~long_read() = default;

  /// Reads one slice. Returns whether the read is over; its callback was called
  /// then.
  virtual bool step(ledger_scan& scan) = 0;

  /// Ends the read: its callback gets `why`.
  virtual void abandon(failure why) = 0;
};

/// Returns a `ledger_reader::list` of the first `size` records. Rows are
/// rendered from what matches only. `calls` outlives it.
std::unique_ptr<long_read>
make_list(ledger_filter which, uint64_t size, call_records& calls,
          std::function<void(expected<std::vector<ledger_row>>)> done);

/// What a ledger can be verified against beside its own roots.
struct seal_view {
  /// Null if the store has none; outlives the read.
  checkpoint_table* checkpoints = nullptr;
  std::vector<note_key> known = {};
  std::string origin = {};
  /// Lines of an anchor file.
  std::string anchors = {};
};

/// Returns a `ledger_reader::verify` of the batches up to record `size` and of
/// anything that lies behind the last of them. Errors: `not_found` if there are
/// lines of an anchor file, and none is an anchor.
std::unique_ptr<long_read>
make_verify(uint64_t size, seal_view seals,
            std::function<void(expected<ledger_verdict>)> done);

/// Returns a `ledger_reader::stats` of the first `size` records.
std::unique_ptr<long_read>
make_stats(ledger_filter which, uint64_t size,
           std::function<void(expected<std::vector<ledger_stats_row>>)> done);

/// Returns a `ledger_reader::usage`. `db` outlives it.
std::unique_ptr<long_read>
make_usage(database& db, usage_filter which,
           std::function<void(expected<std::vector<usage_row>>)> done);

/// Returns a `ledger_reader::export_piece`, which ends with its first slice.
/// `calls` outlives it.
std::unique_ptr<long_read>
make_export(ledger_filter which, uint64_t records, seal_view seals,
            call_records& calls,
            std::function<void(expected<ledger_chunk>)> done);

/// Returns a `ledger_reader::check_bill` up to the end of the ledger, which
/// `size` tells. `db` outlives it.
std::unique_ptr<long_read>
make_bill_check(database& db, std::function<uint64_t()> size,
                std::function<void(expected<ledger_verdict>)> done);

} // namespace byollm
