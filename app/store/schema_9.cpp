// SPDX-License-Identifier: Apache-2.0
#include "app/ledger/decode.hpp"
#include "app/store/ledger_scan.hpp"
#include "app/store/schema.hpp"

#include <optional>
#include <string>

namespace byollm {

namespace {

// Callers choose names of calls: those of one tenant stand together, so that
// nobody's are in another's way. Nor is what others used, where a person looks
// at their own.
constexpr const char* begin_version_9 = R"(
ALTER TABLE ledger_call RENAME TO call_8;
CREATE INDEX call_8_seq ON call_8 (seq);

CREATE TABLE ledger_call (
  call ANY NOT NULL,
  tenant TEXT NOT NULL,
  seq INTEGER NOT NULL,
  intent INTEGER,
  PRIMARY KEY (call, tenant, seq)
) STRICT, WITHOUT ROWID;

CREATE INDEX usage_day_of_line ON usage_day (line, day);
)";

constexpr const char* end_version_9 = R"(
DROP TABLE call_8;

PRAGMA user_version = 9;
)";

// Empty for a record that does not decode, which verification names.
expected<std::string> tenant_of(ledger_scan& scan, int64_t seq) {
  std::string result;
  auto read = scan.upwards(
    static_cast<uint64_t>(seq), 1, [&](const stored_record& record) {
      if (auto decoded = decode_public(record.public_part))
        result = decoded->fields.text(field::tenant);
      return false;
    });
  if (!read)
    return read.error();
  return result;
}

status index_by_tenant(database& db) {
  auto scan = ledger_scan::open(db);
  auto rows = db.prepare("SELECT DISTINCT seq FROM call_8 ORDER BY seq");
  auto add = db.prepare("INSERT INTO ledger_call (call, tenant, seq, intent) "
                        "SELECT call, ?2, seq, intent FROM call_8 "
                        "WHERE seq = ?1");
  if (!scan || !rows || !add)
    return failure{errc::store_corrupt, "a table of the ledger is missing"};
  for (;;) {
    auto found = rows->step();
    if (!found)
      return found.error();
    if (!*found)
      return unit{};
    auto tenant = tenant_of(*scan, rows->integer(0));
    if (!tenant)
      return tenant.error();
    auto added = add->bind(1, rows->integer(0)).bind(2, *tenant).run();
    if (!added)
      return added;
  }
}

} // namespace

status migrate_to_9(database& db) {
  if (auto begun = db.run(begin_version_9); !begun)
    return begun;
  if (auto indexed = index_by_tenant(db); !indexed)
    return indexed;
  return db.run(end_version_9);
}

} // namespace byollm
