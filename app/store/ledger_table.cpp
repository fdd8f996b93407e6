// SPDX-License-Identifier: Apache-2.0
#include "app/store/ledger_table.hpp"

#include "app/store/ledger_scan.hpp"

namespace byollm {

ledger_table::ledger_table(state at, call_index calls, bill_table bill,
                           key_refusals refusals)
    : edge_(std::move(at.edge)),
      calls_(std::move(calls)),
      bill_(std::move(bill)),
      refusals_(std::move(refusals)),
      recovered_(std::move(at.lines)) {
  // nop
}

expected<std::unique_ptr<ledger_table>> ledger_table::open(database& db,
                                                           state at) {
  auto calls = call_index::open(db, std::move(at.open));
  if (!calls)
    return calls.error();
  auto bill = bill_table::open(db);
  if (!bill)
    return bill.error();
  auto refusals = key_refusals::open(db);
  if (!refusals)
    return refusals.error();
  std::unique_ptr<ledger_table> result{new ledger_table(
    std::move(at), *std::move(calls), *std::move(bill), *std::move(refusals))};
  auto batch = db.prepare(insert_batch_sql);
  if (!batch)
    return batch.error();
  result->insert_batch_ = *std::move(batch);
  auto node = db.prepare("INSERT INTO ledger_node (level, position, hash) "
                         "VALUES (?1, ?2, ?3)");
  if (!node)
    return node.error();
  result->insert_node_ = *std::move(node);
  return result;
}

status ledger_table::leave_billed(std::vector<ledger_entry>& closing) {
  status result = unit{};
  std::erase_if(closing, [&](const ledger_entry& entry) {
    const auto& outcome = *entry.as<outcome_record>();
    attempt_key which{outcome.context->who.tenant.str(), outcome.call,
                      outcome.attempt};
    auto known = bill_.knows(which);
    if (!known)
      result = known.error();
    else if (*known)
      calls_.close(which);
    return known && *known;
  });
  calls_.keep();
  return result;
}

void ledger_table::begin() {
  staged_ = edge_;
  row_.clear();
  bill_.begin();
  refusals_.begin();
}

status ledger_table::append(const ledger_entry& entry,
                            const encoded_batch::record& record) {
  auto seq = next_seq();
  if (row_.is_full())
    if (auto written = write_row(); !written)
      return written;
  row_.add_packed(record.packed, record.leaf);
  if (auto appended = append_leaf(record.leaf); !appended)
    return appended;
  return index(entry, seq);
}

status ledger_table::append_leaf(const sha256_digest& leaf) {
  status result = unit{};
  staged_.append(
    hasher_, leaf,
    [&](uint32_t level, uint64_t position, const sha256_digest& hash) {
      if (level % node_level_step != 0 || !result)
        return;
      insert_node_.bind(1, int64_t{level})
        .bind(2, as_sql(position))
        .bind(3, byte_view{hash});
      result = insert_node_.run();
    });
  return result;
}

status ledger_table::index(const ledger_entry& entry, uint64_t seq) {
  if (auto* intent = entry.as<intent_record>())
    return index(*intent, seq);
  if (auto* outcome = entry.as<outcome_record>())
    return index(*outcome, seq);
  if (auto* refusal = entry.as<refusal_record>())
    return calls_.refusal(seq, refusal->context->who.tenant.str(),
                          refusal->call);
  return unit{};
}

status ledger_table::index(const intent_record& intent, uint64_t seq) {
  auto line = bill_.line(line_of(intent));
  if (!line)
    return line.error();
  return calls_.intent(
    {seq, intent.target->billing(), *line},
    {intent.context->who.tenant.str(), intent.call, intent.attempt});
}

status ledger_table::index(const outcome_record& outcome, uint64_t seq) {
  attempt_key which{outcome.context->who.tenant.str(), outcome.call,
                    outcome.attempt};
  auto intent = calls_.close(which);
  if (!intent)
    return failure{errc::invalid_request, "an outcome without its open intent"};
  if (intent->billing != outcome.billing)
    return failure{errc::invalid_request,
                   "an outcome is billed as its intent is"};
  if (intent->line == 0) {
    auto line = bill_.line(recovered_.at(intent->seq).view());
    if (!line)
      return line.error();
    intent->line = *line;
  }
  auto micro = amount_of(outcome);
  auto billed
    = bill_.outcome({seq, intent->seq, intent->line, which, outcome.billing,
                     micro, day_of(outcome.finished_unix_ms)},
                    {outcome.usage, micro});
  return billed ? refusals_.note(outcome) : billed;
}

status ledger_table::write_row() {
  auto last = staged_.size();
  auto root = staged_.root(hasher_);
  stored_batch row;
  row.first_seq = last - row_.size() + 1;
  row.head = {last, root};
  row.open_from = calls_.open().first(last + 1);
  row.leaves = row_.leaves();
  row.records = row_.records();
  auto written = insert_batch(insert_batch_, row);
  row_.clear();
  return written;
}

status ledger_table::end() {
  if (auto summed = bill_.end(); !summed)
    return summed;
  return row_.size() > 0 ? write_row() : unit{};
}

void ledger_table::keep() {
  edge_ = staged_;
  calls_.keep();
  bill_.keep();
  refusals_.keep();
}

void ledger_table::drop() {
  calls_.take_back();
  bill_.drop();
  refusals_.drop();
}

} // namespace byollm
