// SPDX-License-Identifier: Apache-2.0
// The ledger and what follows from it, asked from outside the actors.
#include "app/runtime/admin_reading.hpp"

namespace byollm {

pending<std::vector<ledger_row>>
admin_accessor::ledger_list(std::string tenant, std::string turn,
                            uint64_t from_seq, size_t limit,
                            bool newest_first) const {
  ledger_filter which;
  which.tenant = std::move(tenant);
  which.turn = std::move(turn);
  which.from_seq = from_seq;
  which.limit = limit;
  which.newest_first = newest_first;
  return ledger_list(std::move(which));
}

pending<std::vector<ledger_row>>
admin_accessor::ledger_list(ledger_filter which) const {
  return read_store<std::vector<ledger_row>>(
    *impl_, [&](class store& in, auto to) { in.list(std::move(which), to); });
}

pending<ledger_verdict>
admin_accessor::ledger_verify(std::string anchors) const {
  using told = reading<ledger_verdict>;
  return read_store<ledger_verdict>(*impl_, [&](class store& in, told to) {
    // The store outlives its callbacks.
    auto check_bill = [&in, to](expected<ledger_verdict> records) {
      if (!records || !records->intact)
        return to.tell(std::move(records));
      auto tell = [to, records = *records](expected<ledger_verdict> bill) {
        if (bill && bill->intact)
          return to.tell(records);
        to.tell(std::move(bill));
      };
      in.check_bill(told{std::move(tell), to.gone});
    };
    in.verify(std::move(anchors), told{std::move(check_bill), to.gone});
  });
}

pending<std::vector<std::string>>
admin_accessor::ledger_prove(std::string tenant, std::string call) const {
  return read_store<std::vector<std::string>>(
    *impl_, [&](class store& in, auto to) {
      in.prove(std::move(tenant), std::move(call), to);
    });
}

pending<std::string>
admin_accessor::ledger_prove_extension(uint64_t old) const {
  return read_store<std::string>(
    *impl_, [&](class store& in, auto to) { in.prove_extension(old, to); });
}

pending<ledger_chunk> admin_accessor::ledger_export(ledger_filter which,
                                                    uint64_t records) const {
  return read_store<ledger_chunk>(*impl_, [&](class store& in, auto to) {
    in.export_piece(std::move(which), records, to);
  });
}

pending<std::vector<ledger_stats_row>>
admin_accessor::ledger_stats(ledger_filter which) const {
  return read_store<std::vector<ledger_stats_row>>(
    *impl_, [&](class store& in, auto to) { in.stats(std::move(which), to); });
}

pending<std::vector<usage_row>>
admin_accessor::usage(usage_filter which) const {
  return read_store<std::vector<usage_row>>(
    *impl_, [&](class store& in, auto to) { in.usage(std::move(which), to); });
}

} // namespace byollm
