// SPDX-License-Identifier: Apache-2.0
// Verifying a ledger that nobody has open.
#include "app/ledger/signing_key.hpp"
#include "app/store/engine.hpp"
#include "app/store/schema.hpp"

namespace byollm {

namespace {

// A ledger that was never opened since it has checkpoints has neither.
expected<seal_view> evidence_of(const std::filesystem::path& directory,
                                database& db, checkpoint_table& table) {
  auto last = table.last();
  if (!last)
    return last.error();
  if (!*last)
    return seal_view{};
  auto known = read_known_keys(directory);
  if (!known)
    return known.error();
  auto id = db.query_text("SELECT lower(hex(value)) FROM meta "
                          "WHERE name = 'ledger_id'");
  if (!id)
    return id.error();
  return seal_view{&table, *std::move(known), origin_of(*id), {}};
}

} // namespace

expected<ledger_verdict>
verify_closed_ledger(const std::filesystem::path& directory) {
  auto owned = own_directory(directory);
  if (!owned)
    return owned.error();
  auto file = database_file(directory);
  if (std::error_code error; !std::filesystem::exists(file, error))
    return failure{errc::not_found,
                   "there is no ledger in " + directory.string()};
  auto db = database::open(file);
  if (!db)
    return db.error();
  if (auto migrated = migrate(*db, file, all_migrations()); !migrated)
    return migrated.error();
  auto scan = ledger_scan::open(*db);
  if (!scan)
    return scan.error();
  auto last = scan->last_batch();
  if (!last)
    return last.error();
  auto table = checkpoint_table::open(*db);
  if (!table)
    return table.error();
  auto evidence = evidence_of(directory, *db, *table);
  if (!evidence)
    return evidence.error();
  expected<ledger_verdict> result = ledger_verdict{};
  auto read = make_verify(
    *last ? (*last)->head.size : 0, *std::move(evidence),
    [&](expected<ledger_verdict> verdict) { result = std::move(verdict); });
  while (!read->step(*scan)) {
    // nop
  }
  return result;
}

} // namespace byollm
