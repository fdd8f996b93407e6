// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/store/sqlite.hpp"

#include <cstdint>
#include <filesystem>
#include <span>

namespace byollm {

/// Takes the schema one version up: by SQL text, or by a function where text
/// cannot. Ends with its own `PRAGMA user_version`.
struct migration {
  int64_t to;
  const char* sql = nullptr;
  status (*run)(database& db) = nullptr;
};

/// The ledger from a row per record to packed rows, as they are: what was
/// damaged stays damaged, for verification to name. Errors: `store_corrupt` if
/// there are records that no root covers.
status migrate_to_2(database& db);

/// Prices, and the bill of all outcomes so far.
status migrate_to_4(database& db);

/// Each LLM's last change, and the seal over all of them; tenants' own
/// certificates of authorities.
extern const char* const version_5;

/// Service tokens, and which secret signs call tokens.
extern const char* const version_6;
extern const char* const version_7;

/// Client tokens.
extern const char* const version_8;

/// The index of calls by tenant too, and one of usage by line.
status migrate_to_9(database& db);

/// The migrations from an empty file to this build's schema, in order.
std::span<const migration> all_migrations() noexcept;

/// Brings the schema of `db` to the last of `steps`, in one transaction. An
/// older store is first copied to `FILE.vN.backup`, N being its version.
/// Errors: `store_newer` for a later version than the last step's,
/// `store_corrupt` if the file is none of ours, `store_unavailable`; then
/// nothing has changed.
status migrate(database& db, const std::filesystem::path& file,
               std::span<const migration> steps);

} // namespace byollm
