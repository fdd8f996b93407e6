// SPDX-License-Identifier: Apache-2.0
// The ledger and what follows from it, asked from outside the actors.
#include "app/runtime/admin_impl.hpp"
#include "app/runtime/settle.hpp"
#include "app/store/store.hpp"

namespace byollm {

template <class T, class Ask>
pending<T> admin_accessor::impl::ask_ledger(Ask ask) const {
  auto live = lock();
  if (!live.core)
    return settled<T>(failure{errc::stopping, "the runtime is stopping"});
  auto [state, made] = make_pending<T>();
  ask(*live.core->store, settle_soon<T>(live.core, state));
  return made;
}

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
  return impl_->ask_ledger<std::vector<ledger_row>>(
    [&](class store& in, auto done) { in.list(std::move(which), done); });
}

pending<ledger_verdict>
admin_accessor::ledger_verify(std::string anchors) const {
  return impl_->ask_ledger<ledger_verdict>([&](class store& in, auto done) {
    // The store outlives its callbacks.
    in.verify(std::move(anchors), [&in,
                                   done](expected<ledger_verdict> records) {
      if (!records || !records->intact)
        return done(std::move(records));
      in.check_bill([done, records = *records](expected<ledger_verdict> bill) {
        if (bill && bill->intact)
          return done(records);
        done(std::move(bill));
      });
    });
  });
}

pending<std::vector<std::string>>
admin_accessor::ledger_prove(std::string tenant, std::string call) const {
  return impl_->ask_ledger<std::vector<std::string>>(
    [&](class store& in, auto done) {
      in.prove(std::move(tenant), std::move(call), done);
    });
}

pending<std::string>
admin_accessor::ledger_prove_extension(uint64_t old) const {
  return impl_->ask_ledger<std::string>(
    [&](class store& in, auto done) { in.prove_extension(old, done); });
}

pending<ledger_chunk> admin_accessor::ledger_export(ledger_filter which,
                                                    uint64_t records) const {
  return impl_->ask_ledger<ledger_chunk>([&](class store& in, auto done) {
    in.export_piece(std::move(which), records, done);
  });
}

pending<std::vector<ledger_stats_row>>
admin_accessor::ledger_stats(ledger_filter which) const {
  return impl_->ask_ledger<std::vector<ledger_stats_row>>(
    [&](class store& in, auto done) { in.stats(std::move(which), done); });
}

pending<std::vector<usage_row>>
admin_accessor::usage(usage_filter which) const {
  return impl_->ask_ledger<std::vector<usage_row>>(
    [&](class store& in, auto done) { in.usage(std::move(which), done); });
}

} // namespace byollm
