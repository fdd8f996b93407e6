// SPDX-License-Identifier: Apache-2.0
#include "app/store/bill_replay.hpp"
#include "app/store/ledger_scan.hpp"
#include "app/store/schema.hpp"

namespace byollm {

namespace {

// bill has a row per outcome, from which it follows; usage_day sums them up.
// billing is 1 for a user's own LLM, which costs nothing, whatever a bug
// elsewhere may say; an empty cost is unpriced.
constexpr const char* begin_version_4 = R"(
ALTER TABLE platform_config ADD COLUMN unknown_price INTEGER NOT NULL DEFAULT 0;

CREATE TABLE price (
  provider TEXT NOT NULL,
  model TEXT NOT NULL,
  effective_unix_ms INTEGER NOT NULL,
  version INTEGER NOT NULL,
  input_uncached INTEGER,
  cache_read INTEGER,
  cache_write INTEGER,
  output INTEGER,
  PRIMARY KEY (provider, model, effective_unix_ms)
) STRICT, WITHOUT ROWID;

CREATE TABLE usage_line (
  id INTEGER PRIMARY KEY,
  tenant TEXT NOT NULL,
  user TEXT NOT NULL,
  extension TEXT NOT NULL,
  purpose TEXT NOT NULL,
  billing INTEGER NOT NULL CHECK (billing IN (1, 2)),
  provider TEXT NOT NULL,
  model TEXT NOT NULL,
  UNIQUE (tenant, user, extension, purpose, billing, provider, model)
) STRICT;

CREATE TABLE bill (
  call ANY NOT NULL,
  tenant TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  intent INTEGER NOT NULL,
  line INTEGER NOT NULL,
  billing INTEGER NOT NULL CHECK (billing IN (1, 2)),
  cost_micro INTEGER CHECK (cost_micro >= 0),
  PRIMARY KEY (call, tenant, attempt),
  CHECK (billing = 2 OR (cost_micro IS NOT NULL AND cost_micro = 0))
) STRICT, WITHOUT ROWID;

CREATE TABLE usage_day (
  day INTEGER NOT NULL,
  line INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  unknown_usage INTEGER NOT NULL,
  unpriced INTEGER NOT NULL,
  input_uncached INTEGER NOT NULL,
  cache_read INTEGER NOT NULL,
  cache_write INTEGER NOT NULL,
  output INTEGER NOT NULL,
  reasoning INTEGER NOT NULL,
  cost_micro INTEGER NOT NULL,
  PRIMARY KEY (day, line)
) STRICT, WITHOUT ROWID;
)";

constexpr const char* end_version_4 = "PRAGMA user_version = 4;";

/// Bills the outcomes that are in the ledger already.
class late_biller {
public:
  late_biller(bill_table& bill, statement& unlist)
      : bill_(bill), unlist_(unlist) {
    // nop
  }

  // What does not decode is left for verification to name.
  status take(const stored_record& record) {
    auto found = replay_.take(record);
    if (!found || !*found)
      return unit{};
    const auto& made = **found;
    auto line = bill_.line(made.line.view());
    if (!line)
      return line.error();
    auto billed = bill_.outcome({made.seq, made.intent_seq, *line, made.key(),
                                 made.line.billing, made.cost_micro, made.day},
                                made.adds);
    if (!billed)
      return billed.error().code == errc::invalid_request ? unit{} : billed;
    // The row of the bill tells of the call from now on.
    call_key key{made.call};
    key.bind_to(unlist_, 1);
    return unlist_.bind(2, static_cast<int64_t>(made.seq)).run();
  }

private:
  bill_replay replay_;
  bill_table& bill_;
  statement& unlist_;
};

status bill_all(database& db) {
  auto scan = ledger_scan::open(db);
  auto bill = bill_table::open(db);
  auto unlist
    = db.prepare("DELETE FROM ledger_call WHERE call = ?1 AND seq = ?2");
  if (!scan || !bill || !unlist)
    return failure{errc::store_corrupt, "a table of the ledger is missing"};
  late_biller biller{*bill, *unlist};
  status result = unit{};
  bill->begin();
  auto read = scan->upwards(1, SIZE_MAX, [&](const stored_record& record) {
    result = biller.take(record);
    return bool{result};
  });
  if (!read)
    return read.error();
  return result ? bill->end() : result;
}

} // namespace

status migrate_to_4(database& db) {
  if (auto begun = db.run(begin_version_4); !begun)
    return begun;
  if (auto billed = bill_all(db); !billed)
    return billed;
  return db.run(end_version_4);
}

} // namespace byollm
