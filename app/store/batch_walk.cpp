// SPDX-License-Identifier: Apache-2.0
#include "app/store/batch_walk.hpp"

#include <algorithm>

namespace byollm {

namespace {

expected<size_t> read_records(ledger_scan& scan, ledger_verifier& verifier,
                              size_t limit, const grown_fn& grown) {
  return scan.upwards(verifier.edge().size() + 1, limit,
                      [&](const stored_record& record) {
                        if (!verifier.record(record))
                          return false;
                        if (grown)
                          grown(verifier.edge());
                        return true;
                      });
}

// After the last batch there must be nothing, and it must end the ledger.
expected<bool> walk_rest(ledger_scan& scan, ledger_verifier& verifier,
                         uint64_t size) {
  auto read = read_records(scan, verifier, 1, {});
  if (!read)
    return read.error();
  if (*read == 0 && verifier.edge().size() < size)
    verifier.head({size, {}});
  return false;
}

} // namespace

expected<bool> walk_batches(ledger_scan& scan, ledger_verifier& verifier,
                            uint64_t size, size_t budget,
                            const grown_fn& grown) {
  while (budget > 0) {
    auto at = verifier.edge().size();
    auto batch = scan.batch_from(at + 1);
    if (!batch)
      return batch.error();
    if (!*batch)
      return walk_rest(scan, verifier, size);
    if ((*batch)->first_seq > size)
      return false; // appended since we began
    auto left = static_cast<size_t>((*batch)->head.size - at);
    auto asked = std::min(left, budget);
    auto read = read_records(scan, verifier, asked, grown);
    if (!read)
      return read.error();
    if (*read < asked || asked == left)
      verifier.head((*batch)->head);
    if (!verifier.is_well())
      return false;
    budget -= asked;
  }
  return true;
}

} // namespace byollm
