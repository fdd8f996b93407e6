// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/vault/crypto.hpp"
#include "messages/expected.hpp"

#include <cstdint>
#include <filesystem>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

struct sqlite3;
struct sqlite3_stmt;

namespace byollm {

/// Returns the failure for an SQLite result code: `store_corrupt` for a damaged
/// file, else `store_unavailable`. The text holds no data.
failure sqlite_failure(int code);

/// Returns whether nothing may be written after `code` until the store was
/// opened again: what reached the disk is not known. A full disk is not such a
/// case.
bool is_fatal(int code) noexcept;

/// Returns whether `code` says that a row breaks a rule of its table.
bool is_constraint(int code) noexcept;

/// Returns whether `code` says that there is no room.
bool is_full(int code) noexcept;

/// Returns a number that is known to fit.
constexpr int64_t as_sql(uint64_t value) noexcept {
  return static_cast<int64_t>(value);
}

/// Returns the number, or the largest that SQLite has if it is larger: for
/// sums, and for bounds of what is asked for.
constexpr int64_t saturated_sql(uint64_t value) noexcept {
  constexpr auto most = std::numeric_limits<int64_t>::max();
  return value > static_cast<uint64_t>(most) ? most : as_sql(value);
}

/// A prepared statement, kept and used again. Texts and blobs that are bound
/// must live until the next `reset`.
class statement {
public:
  statement() = default;

  statement& bind(int index, int64_t value);
  statement& bind(int index, std::string_view text);
  statement& bind(int index, byte_view blob);
  statement& bind_null(int index);

  /// Returns whether a row is there. Errors: any, see `last_code`.
  expected<bool> step();

  /// Runs a statement that returns no row, then resets it.
  status run();

  /// Ends the statement's work and unbinds its values; needed after `step`, or
  /// the read transaction stays open.
  void reset() noexcept;

  // -- the columns of the current row, valid until the next `step` or `reset`

  int64_t integer(int column) const noexcept;
  std::string_view text(int column) const noexcept;
  byte_view blob(int column) const noexcept;
  bool is_null(int column) const noexcept;
  bool is_blob(int column) const noexcept;

  /// The result code of the last failure.
  int last_code() const noexcept {
    return code_;
  }

private:
  friend class database;

  struct deleter {
    void operator()(sqlite3_stmt* raw) const noexcept;
  };

  statement& note(int code);

  std::unique_ptr<sqlite3_stmt, deleter> raw_;
  int code_ = 0;
};

/// Resets a statement when the scope ends.
class reset_at_end {
public:
  explicit reset_at_end(statement& which) noexcept : which_(which) {
    // nop
  }

  reset_at_end(const reset_at_end&) = delete;
  reset_at_end& operator=(const reset_at_end&) = delete;

  ~reset_at_end() {
    which_.reset();
  }

private:
  statement& which_;
};

/// The one connection to a database file. Not thread-safe.
class database {
public:
  /// Opens or creates `file` with mode 0600, for this connection alone, in WAL
  /// mode and with every commit synced. `vfs` names an SQLite VFS; empty for
  /// the usual one. Errors: `store_unavailable`, `store_corrupt`, `store_owned`
  /// if another program has the file locked.
  static expected<database> open(const std::filesystem::path& file,
                                 const std::string& vfs = {});

  /// Runs SQL text without parameters, one statement or more.
  status run(const char* sql);

  expected<statement> prepare(std::string_view sql);

  /// Runs SQL without parameters and returns the first row's first integer.
  expected<int64_t> query_integer(std::string_view sql);

  /// The same for a text; empty if there is no row.
  expected<std::string> query_text(std::string_view sql);

  /// Returns `store_unavailable` if the file or its log is not where it was:
  /// what is written now would be lost. The first call notes where they are.
  status check_in_place();

  /// The extended result code of the last failure of this connection.
  int last_code() const noexcept;

private:
  friend class transaction;

  struct deleter {
    void operator()(sqlite3* raw) const noexcept;
  };

  status prepare_transactions();

  std::string log_;
  /// Device and number of the log's file.
  std::optional<std::pair<uint64_t, uint64_t>> log_place_;
  std::unique_ptr<sqlite3, deleter> raw_;
  statement begin_;
  statement commit_;
  statement rollback_;
};

/// A write transaction: rolled back unless committed.
class transaction {
public:
  static expected<transaction> begin(database& db);

  transaction(transaction&& other) noexcept
      : db_(std::exchange(other.db_, nullptr)) {
    // nop
  }

  transaction& operator=(transaction&&) = delete;

  ~transaction();

  status commit();

private:
  explicit transaction(database& db) noexcept : db_(&db) {
    // nop
  }

  database* db_;
};

} // namespace byollm
