// SPDX-License-Identifier: Apache-2.0
// The ledger and what follows from it, asked from outside the actors.
#include "app/runtime/admin_impl.hpp"
#include "app/runtime/settle.hpp"
#include "app/store/store.hpp"

namespace byollm {

namespace {

failure gone() {
  return {errc::stopping, "the runtime is stopping"};
}

} // namespace

// -- the ledger
// ------------------------------------------------------------------

pending<std::vector<ledger_row>>
admin_accessor::ledger_list(std::string tenant, std::string turn,
                            uint64_t from_seq, size_t limit,
                            bool newest_first) const {
  auto live = impl_->lock();
  if (!live.core)
    return settled<std::vector<ledger_row>>(gone());
  auto [state, made] = make_pending<std::vector<ledger_row>>();
  ledger_reader::filter which;
  which.tenant = std::move(tenant);
  which.turn = std::move(turn);
  which.from_seq = from_seq;
  which.limit = limit;
  which.newest_first = newest_first;
  static_cast<ledger_reader*>(live.core->store)
    ->list(std::move(which),
           [state = state](expected<std::vector<ledger_row>> rows) {
             state->settle(std::move(rows));
           });
  return made;
}

pending<ledger_verdict> admin_accessor::ledger_verify() const {
  auto live = impl_->lock();
  if (!live.core)
    return settled<ledger_verdict>(gone());
  auto [state, made] = make_pending<ledger_verdict>();
  auto tell = [state = state](expected<ledger_verdict> verdict) {
    state->settle(std::move(verdict));
  };
  // The store outlives its callbacks.
  auto& store = *live.core->store;
  store.verify([&store, tell](expected<ledger_verdict> records) {
    if (!records || !records->intact)
      return tell(std::move(records));
    store.check_bill(
      [tell, root = records->root_hex](expected<ledger_verdict> bill) {
        if (bill)
          bill->root_hex = root;
        tell(std::move(bill));
      });
  });
  return made;
}

pending<std::vector<usage_row>>
admin_accessor::usage(usage_filter which) const {
  auto live = impl_->lock();
  if (!live.core)
    return settled<std::vector<usage_row>>(gone());
  auto [state, made] = make_pending<std::vector<usage_row>>();
  live.core->store->usage(
    std::move(which), [state = state](expected<std::vector<usage_row>> rows) {
      state->settle(std::move(rows));
    });
  return made;
}

} // namespace byollm
