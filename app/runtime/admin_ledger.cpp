// SPDX-License-Identifier: Apache-2.0
// The ledger, asked from outside the actors: straight at its owner.
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
  ask(static_cast<ledger_reader&>(*live.core->store),
      std::function<void(expected<T>)>{[state = state](expected<T> value) {
        state->settle(std::move(value));
      }});
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
    [&](ledger_reader& in, auto done) { in.list(std::move(which), done); });
}

pending<ledger_verdict>
admin_accessor::ledger_verify(std::string anchors) const {
  return impl_->ask_ledger<ledger_verdict>(
    [&](ledger_reader& in, auto done) { in.verify(std::move(anchors), done); });
}

pending<std::vector<std::string>>
admin_accessor::ledger_prove(std::string tenant, std::string call) const {
  return impl_->ask_ledger<std::vector<std::string>>(
    [&](ledger_reader& in, auto done) {
      in.prove(std::move(tenant), std::move(call), done);
    });
}

pending<std::string>
admin_accessor::ledger_prove_extension(uint64_t old) const {
  return impl_->ask_ledger<std::string>(
    [&](ledger_reader& in, auto done) { in.prove_extension(old, done); });
}

pending<ledger_chunk> admin_accessor::ledger_export(ledger_filter which,
                                                    uint64_t records) const {
  return impl_->ask_ledger<ledger_chunk>([&](ledger_reader& in, auto done) {
    in.export_piece(std::move(which), records, done);
  });
}

pending<std::vector<ledger_stats_row>>
admin_accessor::ledger_stats(ledger_filter which) const {
  return impl_->ask_ledger<std::vector<ledger_stats_row>>(
    [&](ledger_reader& in, auto done) { in.stats(std::move(which), done); });
}

} // namespace byollm
