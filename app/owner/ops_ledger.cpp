// SPDX-License-Identifier: Apache-2.0
// Operations that read the ledger and the runtime's numbers, and answer at
// once.
#include "app/owner/json.hpp"
#include "app/owner/table.hpp"

#include <algorithm>

namespace byollm::owner {

namespace {

// Bounds one answer, not the ledger: `from_seq` goes on.
constexpr uint64_t rows_max = 10'000;

detached list_rows(ledger_filter which, operation_ptr as) {
  auto asked = as->reads().ledger_list(std::move(which));
  answer(as, co_await asked,
         [](const std::vector<ledger_row>& x) { return render(x); });
}

detached verify(std::string anchors, operation_ptr as) {
  auto asked = as->reads().ledger_verify(std::move(anchors));
  answer(as, co_await asked, [](const ledger_verdict& x) { return render(x); });
}

detached prove(std::string tenant, std::string call, operation_ptr as) {
  auto asked = as->reads().ledger_prove(std::move(tenant), std::move(call));
  answer(as, co_await asked,
         [](const std::vector<std::string>& x) { return render(x); });
}

detached prove_extension(uint64_t old, operation_ptr as) {
  auto asked = as->reads().ledger_prove_extension(old);
  answer(as, co_await asked,
         [](const std::string& x) { return render(std::vector{x}); });
}

detached count(ledger_filter which, operation_ptr as) {
  auto asked = as->reads().ledger_stats(std::move(which));
  answer(as, co_await asked,
         [](const std::vector<ledger_stats_row>& x) { return render(x); });
}

} // namespace

ledger_filter read_filter(fields& in) {
  ledger_filter which;
  which.tenant = in.text_or("tenant", "");
  which.user = in.text_or("user", "");
  which.extension = in.text_or("extension", "");
  which.turn = in.text_or("turn", "");
  which.call = in.text_or("call", "");
  which.purpose = in.text_or("purpose", "");
  which.provider = in.text_or("provider", "");
  which.status = in.choice("status", {"", "success", "failed", "rejected",
                                      "validation_rejected", "cancelled",
                                      "partial", "refused", "unknown"});
  which.type
    = in.choice("type", {"", "intent", "outcome", "refusal", "change"});
  which.from_unix_ms
    = static_cast<int64_t>(in.number("from_unix_ms").value_or(0));
  which.to_unix_ms = static_cast<int64_t>(in.number("to_unix_ms").value_or(0));
  which.from_seq = in.number("from_seq").value_or(1);
  which.limit
    = static_cast<size_t>(std::min(in.number("limit").value_or(100), rows_max));
  which.newest_first = in.flag("newest_first");
  return which;
}

void list_ledger(fields& in, operation_ptr as) {
  auto which = read_filter(in);
  if (!refused(in, as))
    list_rows(std::move(which), std::move(as));
}

void verify_ledger(fields& in, operation_ptr as) {
  auto anchors = in.text_or("anchors", "");
  if (!refused(in, as))
    verify(std::move(anchors), std::move(as));
}

void prove_ledger(fields& in, operation_ptr as) {
  if (auto since = in.number("since")) {
    if (!refused(in, as))
      prove_extension(*since, std::move(as));
    return;
  }
  auto tenant = in.text("tenant");
  auto call = in.text("call");
  if (!refused(in, as))
    prove(std::move(tenant), std::move(call), std::move(as));
}

void count_ledger(fields& in, operation_ptr as) {
  auto which = read_filter(in);
  if (!refused(in, as))
    count(std::move(which), std::move(as));
}

void show_status(fields& in, operation_ptr as) {
  if (!refused(in, as))
    as->result(render(as->of().stats()));
}

} // namespace byollm::owner
