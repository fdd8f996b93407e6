// SPDX-License-Identifier: Apache-2.0
#include "app/store/sqlite.hpp"

#include "app/vault/private_files.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <utility>

namespace byollm {

namespace {

// What SQLite says of the file in general, never of the data in it.
std::string words_of(int code) {
  return std::string{sqlite3_errstr(code)} + " (SQLite " + std::to_string(code)
         + ")";
}

// synchronous=FULL: a commit is durable when it returns.
// locking_mode=EXCLUSIVE: SQLite 3.40.1 may lose the WAL's reset if a second
// connection reads the file, so there is none. trusted_schema=OFF: a schema
// that somebody edited calls no functions with side effects.
constexpr const char* settings = R"(
  PRAGMA locking_mode = EXCLUSIVE;
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA secure_delete = ON;
  PRAGMA foreign_keys = ON;
  PRAGMA trusted_schema = OFF;
  PRAGMA cell_size_check = ON;
  PRAGMA wal_autocheckpoint = 1000;
)";

// SQLite gives WAL and journal the mode of the database file.
status create_empty(const std::filesystem::path& file) {
  constexpr int flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC;
  unique_fd fd{::open(file.c_str(), flags, 0600)};
  if (!fd || ::fchmod(fd.get(), 0600) != 0)
    return file_failure("cannot open the store", file, errno,
                        "check the directory's and the file's permissions");
  return unit{};
}

} // namespace

failure sqlite_failure(int code) {
  switch (code & 0xff) {
  case SQLITE_CORRUPT:
  case SQLITE_NOTADB:
    return {errc::store_corrupt, words_of(code)};
  case SQLITE_BUSY:
  case SQLITE_LOCKED:
    return {errc::store_owned, "another program uses the database file"};
  default:
    return {errc::store_unavailable, words_of(code)};
  }
}

bool is_fatal(int code) noexcept {
  switch (code & 0xff) {
  case SQLITE_IOERR:
  case SQLITE_CORRUPT:
  case SQLITE_NOTADB:
  case SQLITE_READONLY:
  case SQLITE_CANTOPEN:
  case SQLITE_PROTOCOL:
  case SQLITE_MISUSE:
    return true;
  default:
    return false;
  }
}

bool is_constraint(int code) noexcept {
  return (code & 0xff) == SQLITE_CONSTRAINT;
}

bool is_full(int code) noexcept {
  return (code & 0xff) == SQLITE_FULL;
}

// -- statement ----------------------------------------------------------------

void statement::deleter::operator()(sqlite3_stmt* raw) const noexcept {
  sqlite3_finalize(raw);
}

statement& statement::note(int code) {
  // A failed bind is kept for `step`, so that binds can be chained.
  if (code != SQLITE_OK && code_ == SQLITE_OK)
    code_ = code;
  return *this;
}

statement& statement::bind(int index, int64_t value) {
  return note(sqlite3_bind_int64(raw_.get(), index, value));
}

statement& statement::bind(int index, std::string_view text) {
  // A null pointer would bind NULL, which an empty text is not.
  return note(sqlite3_bind_text64(raw_.get(), index,
                                  text.empty() ? "" : text.data(), text.size(),
                                  SQLITE_STATIC, SQLITE_UTF8));
}

statement& statement::bind(int index, byte_view blob) {
  static const uint8_t nothing = 0;
  return note(sqlite3_bind_blob64(raw_.get(), index,
                                  blob.empty() ? &nothing : blob.data(),
                                  blob.size(), SQLITE_STATIC));
}

statement& statement::bind_null(int index) {
  return note(sqlite3_bind_null(raw_.get(), index));
}

expected<bool> statement::step() {
  if (code_ != SQLITE_OK)
    return sqlite_failure(code_);
  auto code = sqlite3_step(raw_.get());
  if (code == SQLITE_ROW)
    return true;
  if (code == SQLITE_DONE)
    return false;
  code_ = code;
  return sqlite_failure(code);
}

status statement::run() {
  reset_at_end guard{*this};
  auto stepped = step();
  if (!stepped)
    return stepped.error();
  return unit{};
}

void statement::reset() noexcept {
  sqlite3_reset(raw_.get());
  sqlite3_clear_bindings(raw_.get());
  code_ = SQLITE_OK;
}

int64_t statement::integer(int column) const noexcept {
  return sqlite3_column_int64(raw_.get(), column);
}

std::string_view statement::text(int column) const noexcept {
  auto* text = sqlite3_column_text(raw_.get(), column);
  auto size = sqlite3_column_bytes(raw_.get(), column);
  if (!text)
    return {};
  return {reinterpret_cast<const char*>(text), static_cast<size_t>(size)};
}

byte_view statement::blob(int column) const noexcept {
  auto* bytes = sqlite3_column_blob(raw_.get(), column);
  auto size = sqlite3_column_bytes(raw_.get(), column);
  return {static_cast<const uint8_t*>(bytes), static_cast<size_t>(size)};
}

bool statement::is_null(int column) const noexcept {
  return sqlite3_column_type(raw_.get(), column) == SQLITE_NULL;
}

bool statement::is_blob(int column) const noexcept {
  return sqlite3_column_type(raw_.get(), column) == SQLITE_BLOB;
}

// -- database -----------------------------------------------------------------

void database::deleter::operator()(sqlite3* raw) const noexcept {
  sqlite3_close_v2(raw);
}

expected<database> database::open(const std::filesystem::path& file,
                                  const std::string& vfs) {
  if (auto created = create_empty(file); !created)
    return created.error();
  constexpr int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX
                        | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_EXRESCODE;
  sqlite3* raw = nullptr;
  auto code = sqlite3_open_v2(file.c_str(), &raw, flags,
                              vfs.empty() ? nullptr : vfs.c_str());
  database result;
  result.log_ = file.string() + "-wal";
  result.raw_.reset(raw);
  if (code != SQLITE_OK)
    return sqlite_failure(code);
  sqlite3_db_config(raw, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, nullptr);
  sqlite3_db_config(raw, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  if (auto set = result.run(settings); !set)
    return set.error();
  if (auto prepared = result.prepare_transactions(); !prepared)
    return prepared.error();
  return result;
}

// Each commit needs them, and parsing would be most of what they cost.
status database::prepare_transactions() {
  const std::array queries
    = {std::pair{&begin_, "BEGIN IMMEDIATE"}, std::pair{&commit_, "COMMIT"},
       std::pair{&rollback_, "ROLLBACK"}};
  for (auto& [target, sql] : queries) {
    auto prepared = prepare(sql);
    if (!prepared)
      return prepared.error();
    *target = *std::move(prepared);
  }
  return unit{};
}

status database::run(const char* sql) {
  auto code = sqlite3_exec(raw_.get(), sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK)
    return sqlite_failure(code);
  return unit{};
}

expected<statement> database::prepare(std::string_view sql) {
  sqlite3_stmt* raw = nullptr;
  auto code
    = sqlite3_prepare_v3(raw_.get(), sql.data(), static_cast<int>(sql.size()),
                         SQLITE_PREPARE_PERSISTENT, &raw, nullptr);
  if (code != SQLITE_OK)
    return sqlite_failure(code);
  statement result;
  result.raw_.reset(raw);
  return result;
}

expected<int64_t> database::query_integer(std::string_view sql) {
  auto query = prepare(sql);
  if (!query)
    return query.error();
  auto found = query->step();
  if (!found)
    return found.error();
  return *found ? query->integer(0) : 0;
}

expected<std::string> database::query_text(std::string_view sql) {
  auto query = prepare(sql);
  if (!query)
    return query.error();
  auto found = query->step();
  if (!found)
    return found.error();
  return *found ? std::string{query->text(0)} : std::string{};
}

status database::check_in_place() {
  int moved = 0;
  sqlite3_file_control(raw_.get(), "main", SQLITE_FCNTL_HAS_MOVED, &moved);
  struct stat found = {};
  bool has_log = ::stat(log_.c_str(), &found) == 0;
  std::pair<uint64_t, uint64_t> place{found.st_dev, found.st_ino};
  if (has_log && !log_place_)
    log_place_ = place;
  if (!moved && (!log_place_ || (has_log && place == *log_place_)))
    return unit{};
  return failure{errc::store_unavailable,
                 "the database file or its log was moved, replaced or removed "
                 "while in use"};
}

int database::last_code() const noexcept {
  return sqlite3_extended_errcode(raw_.get());
}

// -- transaction --------------------------------------------------------------

expected<transaction> transaction::begin(database& db) {
  if (auto begun = db.begin_.run(); !begun)
    return begun.error();
  return transaction{db};
}

transaction::~transaction() {
  // SQLite has rolled back by itself after some failures; then this one fails,
  // and nothing is lost by it.
  if (db_)
    static_cast<void>(db_->rollback_.run());
}

status transaction::commit() {
  auto done = db_->commit_.run();
  if (done)
    db_ = nullptr;
  return done;
}

} // namespace byollm
