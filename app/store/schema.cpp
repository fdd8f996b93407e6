// SPDX-License-Identifier: Apache-2.0
#include "app/store/schema.hpp"

#include "app/vault/private_files.hpp"

#include <array>
#include <cerrno>
#include <string>
#include <unistd.h>

namespace byollm {

namespace {

// "BYLM"; tells our files from other programs'.
constexpr int64_t application_id = 0x42594c4d;

// ledger_record.payload is salt and fields; retention sets it to NULL and
// leaves its hash. ledger_batch has one row per commit: the tree's root, and
// the first record that recovery must look at for intents without an outcome.
// ledger_node keeps perfect subtrees of 256, 65536, ... leaves: enough to
// restore the tree's right edge and to prove a record without reading the rest.
constexpr const char* version_1 = R"(
PRAGMA application_id = 0x42594c4d;

CREATE TABLE meta (
  name TEXT PRIMARY KEY,
  value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE ledger_record (
  seq INTEGER PRIMARY KEY,
  public BLOB NOT NULL,
  leaf BLOB NOT NULL,
  payload BLOB,
  payload_hash BLOB,
  CHECK ((payload IS NULL) <> (payload_hash IS NULL))
) STRICT;

CREATE TABLE ledger_call (
  call TEXT NOT NULL,
  seq INTEGER NOT NULL,
  PRIMARY KEY (call, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE ledger_batch (
  last_seq INTEGER PRIMARY KEY,
  first_seq INTEGER NOT NULL,
  root BLOB NOT NULL,
  open_from INTEGER NOT NULL
) STRICT;

CREATE TABLE ledger_node (
  level INTEGER NOT NULL,
  position INTEGER NOT NULL,
  hash BLOB NOT NULL,
  PRIMARY KEY (level, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE llm_config (
  slot TEXT NOT NULL CHECK (slot IN ('user', 'platform', 'second_choice')),
  tenant TEXT NOT NULL,
  user TEXT NOT NULL,
  provider TEXT NOT NULL,
  model TEXT NOT NULL,
  base_url TEXT NOT NULL,
  enabled INTEGER NOT NULL,
  admin_disabled INTEGER NOT NULL,
  fallback INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  key_id TEXT NOT NULL,
  key_version INTEGER NOT NULL,
  row_version INTEGER NOT NULL,
  envelope BLOB NOT NULL,
  PRIMARY KEY (slot, tenant, user)
) STRICT, WITHOUT ROWID;

CREATE TABLE platform_config (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  parameters TEXT NOT NULL,
  when_disabled INTEGER NOT NULL,
  caller_may_name_model INTEGER NOT NULL,
  ambiguous_retries INTEGER NOT NULL,
  version INTEGER NOT NULL
) STRICT;

CREATE TABLE allowed_origin (
  tenant TEXT NOT NULL,
  origin TEXT NOT NULL,
  PRIMARY KEY (tenant, origin)
) STRICT, WITHOUT ROWID;

INSERT INTO meta (name, value) VALUES ('ledger_id', randomblob(16));

PRAGMA user_version = 1;
)";

// The notes that were signed, by the number of records they cover.
constexpr const char* version_3 = R"(
CREATE TABLE ledger_checkpoint (
  size INTEGER PRIMARY KEY,
  note TEXT NOT NULL
) STRICT;

PRAGMA user_version = 3;
)";

status back_up(database& db, const std::filesystem::path& file,
               int64_t version) {
  auto name = file.string() + ".v" + std::to_string(version) + ".backup";
  // What an earlier attempt left behind may be half a copy.
  std::error_code error;
  std::filesystem::remove(name, error);
  if (auto made = create_private_file(name, {}); !made)
    return made.error();
  auto copy = db.prepare("VACUUM INTO ?1");
  if (!copy)
    return copy.error();
  if (auto copied = copy->bind(1, name).run(); !copied)
    return copied;
  // VACUUM INTO leaves syncing to us.
  auto written = open_private_file(name);
  if (!written)
    return written.error();
  if (::fsync(written->get()) != 0)
    return file_failure("cannot write", name, errno, "check the disk");
  return unit{};
}

status check_ours(database& db, int64_t version) {
  auto id = db.query_integer("PRAGMA application_id");
  auto tables = db.query_integer("SELECT count(*) FROM sqlite_schema");
  if (!id)
    return id.error();
  if (!tables)
    return tables.error();
  bool is_new = version == 0 && *tables == 0 && *id == 0;
  if (is_new || *id == application_id)
    return unit{};
  return failure{errc::store_corrupt, "the file is not a byollm store"};
}

} // namespace

std::span<const migration> all_migrations() noexcept {
  static const std::array all = {migration{1, version_1},
                                 migration{2, nullptr, migrate_to_2},
                                 migration{3, version_3},
                                 migration{4, nullptr, migrate_to_4},
                                 migration{5, version_5},
                                 migration{6, version_6},
                                 migration{7, version_7},
                                 migration{8, version_8},
                                 migration{9, nullptr, migrate_to_9}};
  return all;
}

status migrate(database& db, const std::filesystem::path& file,
               std::span<const migration> steps) {
  auto version = db.query_integer("PRAGMA user_version");
  if (!version)
    return version.error();
  if (auto ours = check_ours(db, *version); !ours)
    return ours;
  if (*version > steps.back().to)
    return failure{errc::store_newer,
                   "the store has schema version " + std::to_string(*version)
                     + ", this build knows " + std::to_string(steps.back().to)};
  if (*version == steps.back().to)
    return unit{};
  if (*version > 0)
    if (auto copied = back_up(db, file, *version); !copied)
      return copied;
  auto work = transaction::begin(db);
  if (!work)
    return work.error();
  for (const auto& step : steps)
    if (step.to > *version)
      if (auto done = step.sql ? db.run(step.sql) : step.run(db); !done)
        return done;
  return work->commit();
}

} // namespace byollm
