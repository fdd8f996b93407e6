// SPDX-License-Identifier: Apache-2.0
// Operations that read: the ledger and the runtime's numbers.
#include "app/owner/json.hpp"
#include "app/owner/table.hpp"

namespace byollm::owner {

namespace {

// Bounds one answer, not the ledger: `from_seq` goes on.
constexpr uint64_t rows_max = 10'000;

detached list_rows(std::string tenant, std::string turn, uint64_t from_seq,
                   size_t limit, bool newest_first, operation_ptr as) {
  auto asked = as->of().admin().ledger_list(std::move(tenant), std::move(turn),
                                            from_seq, limit, newest_first);
  answer(as, co_await asked,
         [](const std::vector<ledger_row>& x) { return render(x); });
}

detached verify(operation_ptr as) {
  auto asked = as->of().admin().ledger_verify();
  answer(as, co_await asked, [](const ledger_verdict& x) { return render(x); });
}

} // namespace

void list_ledger(fields& in, operation_ptr as) {
  auto tenant = in.text_or("tenant", "");
  auto turn = in.text_or("turn", "");
  auto from = in.number("from_seq").value_or(1);
  auto limit = std::min(in.number("limit").value_or(100), rows_max);
  auto newest_first = in.flag("newest_first");
  if (!refused(in, as))
    list_rows(std::move(tenant), std::move(turn), from,
              static_cast<size_t>(limit), newest_first, std::move(as));
}

void verify_ledger(fields& in, operation_ptr as) {
  if (!refused(in, as))
    verify(std::move(as));
}

void show_status(fields& in, operation_ptr as) {
  if (!refused(in, as))
    as->result(render(as->of().stats()));
}

} // namespace byollm::owner
