// SPDX-License-Identifier: Apache-2.0
#include "app/store/ledger_table.hpp"

#include <array>
#include <utility>

namespace byollm {

namespace {

int64_t to_sql(uint64_t value) {
  return static_cast<int64_t>(value);
}

} // namespace

// -- open intents -------------------------------------------------------------

void open_intents::opened(uint64_t seq, std::string key) {
  by_key_.insert_or_assign(key, seq);
  by_seq_.emplace(seq, std::move(key));
}

void open_intents::closed(const std::string& key) {
  auto found = by_key_.find(key);
  if (found == by_key_.end())
    return;
  by_seq_.erase(found->second);
  by_key_.erase(found);
}

uint64_t open_intents::first(uint64_t otherwise) const noexcept {
  return by_seq_.empty() ? otherwise : by_seq_.begin()->first;
}

std::string attempt_key(std::string_view tenant, std::string_view call,
                        uint64_t attempt) {
  // No id holds a slash.
  std::string result{tenant};
  result.append("/").append(call).append("/");
  result += std::to_string(attempt);
  return result;
}

// -- ledger table -------------------------------------------------------------

ledger_table::ledger_table(byte_view fingerprint_key, tree_edge at)
    : encoder_(fingerprint_key), edge_(std::move(at)) {
  // nop
}

expected<std::unique_ptr<ledger_table>>
ledger_table::open(database& db, byte_view fingerprint_key, tree_edge at) {
  std::unique_ptr<ledger_table> result{
    new ledger_table(fingerprint_key, std::move(at))};
  const std::array queries = {
    std::pair{&result->insert_record_,
              "INSERT INTO ledger_record (seq, public, leaf, payload) "
              "VALUES (?1, ?2, ?3, ?4)"},
    std::pair{&result->insert_call_,
              "INSERT INTO ledger_call (call, seq) VALUES (?1, ?2)"},
    std::pair{&result->insert_batch_,
              "INSERT INTO ledger_batch (last_seq, first_seq, root, open_from) "
              "VALUES (?1, ?2, ?3, ?4)"},
    std::pair{&result->insert_node_,
              "INSERT INTO ledger_node (level, position, hash) "
              "VALUES (?1, ?2, ?3)"},
  };
  for (auto& [target, sql] : queries) {
    auto prepared = db.prepare(sql);
    if (!prepared)
      return prepared.error();
    *target = *std::move(prepared);
  }
  return result;
}

void ledger_table::begin() {
  staged_ = edge_;
  changes_.clear();
}

expected<uint64_t> ledger_table::append(const ledger_entry& entry) {
  auto seq = next_seq();
  if (auto encoded = encoder_.encode(entry, seq); !encoded)
    return encoded.error();
  if (auto inserted = insert(seq); !inserted)
    return inserted.error();
  if (auto indexed = index(entry, seq); !indexed)
    return indexed.error();
  return seq;
}

status ledger_table::insert(uint64_t seq) {
  insert_record_.bind(1, to_sql(seq))
    .bind(2, encoder_.public_part())
    .bind(3, byte_view{encoder_.leaf()})
    .bind(4, encoder_.payload());
  if (auto inserted = insert_record_.run(); !inserted)
    return inserted;
  status result = unit{};
  staged_.append(
    encoder_.hasher(), encoder_.leaf(),
    [&](uint32_t level, uint64_t position, const sha256_digest& hash) {
      if (level % node_level_step != 0 || !result)
        return;
      insert_node_.bind(1, int64_t{level})
        .bind(2, to_sql(position))
        .bind(3, byte_view{hash});
      result = insert_node_.run();
    });
  return result;
}

status ledger_table::index(const ledger_entry& entry, uint64_t seq) {
  std::string_view call;
  if (auto* intent = std::get_if<intent_record>(&entry)) {
    call = intent->call;
    changes_.push_back(
      {seq, true,
       attempt_key(intent->context->who.tenant.str(), call, intent->attempt)});
  } else if (auto* outcome = std::get_if<outcome_record>(&entry)) {
    call = outcome->call;
    changes_.push_back({seq, false,
                        attempt_key(outcome->context->who.tenant.str(), call,
                                    outcome->attempt)});
  } else if (auto* refusal = std::get_if<refusal_record>(&entry)) {
    call = refusal->call;
  }
  if (call.empty())
    return unit{};
  return insert_call_.bind(1, call).bind(2, to_sql(seq)).run();
}

status ledger_table::end() {
  auto first = edge_.size() + 1;
  // Where the open intents began before this batch: at most a few records too
  // early, which costs recovery nothing.
  auto root = staged_.root(encoder_.hasher());
  return insert_batch_.bind(1, to_sql(staged_.size()))
    .bind(2, to_sql(first))
    .bind(3, byte_view{root})
    .bind(4, to_sql(open_.first(first)))
    .run();
}

void ledger_table::keep() {
  edge_ = staged_;
  for (auto& change : changes_)
    if (change.opens)
      open_.opened(change.seq, std::move(change.key));
    else
      open_.closed(change.key);
  changes_.clear();
}

} // namespace byollm
