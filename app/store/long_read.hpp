// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/store/ledger_scan.hpp"
#include "messages/ports/store.hpp"

#include <functional>
#include <memory>

namespace byollm {

/// Records that a long read looks at before appends have their turn again, and
/// the rest of the row that they end in.
constexpr size_t slice_records = 512;

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

/// Returns a `ledger_reader::list`. Rows are rendered from what matches only.
/// `open` outlives it.
std::unique_ptr<long_read>
make_list(ledger_reader::filter which, const open_intents& open,
          std::function<void(expected<std::vector<ledger_row>>)> done);

/// Returns a `ledger_reader::verify` of the batches up to record `size` and of
/// anything that lies behind the last of them.
std::unique_ptr<long_read>
make_verify(uint64_t size, std::function<void(expected<ledger_verdict>)> done);

/// Returns a `ledger_reader::check_bill` up to the end of the ledger, which
/// `size` tells. `db` outlives it.
std::unique_ptr<long_read>
make_bill_check(database& db, std::function<uint64_t()> size,
                std::function<void(expected<ledger_verdict>)> done);

} // namespace byollm
