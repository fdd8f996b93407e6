// SPDX-License-Identifier: Apache-2.0
#include "app/store/engine.hpp"

#include "app/store/recovery.hpp"
#include "app/store/row_check.hpp"
#include "app/store/schema.hpp"
#include "messages/calendar.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <exception>
#include <fcntl.h>
#include <sys/file.h>
#include <utility>

namespace byollm {

namespace {

constexpr uint64_t page_bytes = 4096;

} // namespace

expected<unique_fd> lock_directory(const std::filesystem::path& directory) {
  auto file = directory / "owner.lock";
  constexpr int flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC;
  unique_fd fd{::open(file.c_str(), flags, 0600)};
  if (!fd)
    return file_failure("cannot open", file, errno,
                        "check the directory's permissions");
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) == 0)
    return fd;
  if (errno != EWOULDBLOCK)
    return file_failure("cannot lock", file, errno,
                        "use a file system that has locks");
  return failure{errc::store_owned, "another process owns the data directory "
                                      + directory.string()
                                      + "; ask it, or stop it first"};
}

expected<std::shared_ptr<unique_fd>>
own_directory(const std::filesystem::path& directory) {
  auto real = open_private_directory(directory);
  if (!real)
    return real.error();
  auto lock = lock_directory(*real);
  if (!lock)
    return lock.error();
  return std::make_shared<unique_fd>(*std::move(lock));
}

std::filesystem::path database_file(const std::filesystem::path& directory) {
  return directory / "byollm.db";
}

store_engine::store_engine(store_options options, byte_view fingerprint_key,
                           unique_fd lock, database db)
    : options_(std::move(options)),
      lock_(std::move(lock)),
      db_(std::move(db)),
      encoder_(fingerprint_key),
      room_(options_.directory / "byollm.ballast", options_.reserve_bytes,
            options_.low_space_bytes) {
  // nop
}

expected<std::unique_ptr<store_engine>>
store_engine::open(store_options options, byte_view fingerprint_key) {
  auto directory = open_private_directory(options.directory);
  if (!directory)
    return directory.error();
  auto lock = options.owned ? expected<unique_fd>{std::move(*options.owned)}
                            : lock_directory(*directory);
  if (!lock)
    return lock.error();
  auto file = database_file(*directory);
  auto db = database::open(file, options.vfs);
  if (!db)
    return db.error();
  options.directory = *directory;
  if (auto migrated = migrate(*db, file, all_migrations()); !migrated)
    return migrated.error();
  std::unique_ptr<store_engine> result{new store_engine(
    std::move(options), fingerprint_key, *std::move(lock), *std::move(db))};
  if (auto loaded = result->load(fingerprint_key); !loaded)
    return loaded.error();
  return result;
}

status store_engine::load(byte_view fingerprint_key) {
  if (options_.bytes_max > 0) {
    held_back_ = std::min(options_.reserve_bytes, options_.bytes_max / 4);
    if (auto set = bound_pages(options_.bytes_max - held_back_); !set)
      return set;
  }
  set_low();
  auto id = db_.query_text("SELECT lower(hex(value)) FROM meta "
                           "WHERE name = 'ledger_id'");
  if (!id)
    return id.error();
  ledger_id_ = *std::move(id);
  auto configs = config_table::open(db_, fingerprint_key);
  if (!configs)
    return configs.error();
  configs_.emplace(*std::move(configs));
  auto wraps = wrap_table::open(db_);
  if (!wraps)
    return wraps.error();
  wraps_ = *std::move(wraps);
  auto access = access_table::open(db_);
  if (!access)
    return access.error();
  access_ = *std::move(access);
  auto scan = ledger_scan::open(db_);
  if (!scan)
    return scan.error();
  scan_ = *std::move(scan);
  auto start = start_ledger(scan_, unix_ms_now());
  if (!start)
    return start.error();
  auto ledger = ledger_table::open(db_, std::move(start->found));
  if (!ledger)
    return ledger.error();
  ledger_ = *std::move(ledger);
  auto calls = call_records::open(db_, ledger_->open());
  if (!calls)
    return calls.error();
  calls_.emplace(*std::move(calls));
  if (auto left = ledger_->leave_billed(start->closing); !left)
    return left;
  if (auto closed = close_open_intents(std::move(start->closing)); !closed)
    return closed;
  if (auto checked = check_configs(); !checked)
    return checked;
  if (auto placed = db_.check_in_place(); !placed)
    return placed;
  return open_seals();
}

status store_engine::check_configs() {
  auto work = transaction::begin(db_);
  if (!work)
    return work.error();
  if (auto checked
      = check_rows(*configs_, scan_, ledger_->edge(), options_.log);
      !checked)
    return checked;
  return work->commit();
}

status store_engine::close_open_intents(std::vector<ledger_entry> outcomes) {
  // What we have read may be in the page cache only, if the process before us
  // was killed in a commit: durable first, then told.
  if (outcomes.empty())
    return write_back("PRAGMA wal_checkpoint(FULL)");
  auto encoded = encode(outcomes);
  if (!encoded)
    return encoded.error();
  std::vector<append_request> closing(1);
  closing.front().encoded = *std::move(encoded);
  closing.front().batch = std::move(outcomes);
  auto closed = commit_all(closing);
  if (!closed && was_full_ && give_up_room())
    closed = commit_all(closing);
  if (closed)
    committed();
  return closed;
}

status store_engine::bound_pages(uint64_t bytes) {
  // A pragma takes no parameters; this is a number.
  auto sql = "PRAGMA max_page_count = " + std::to_string(bytes / page_bytes);
  return db_.run(sql.c_str());
}

// -- room ---------------------------------------------------------------------

void store_engine::look_for_room() {
  room_.look();
  set_low();
}

// Returns whether there is more room now.
bool store_engine::give_up_room() {
  auto had_ballast = room_.give_up();
  auto held_back = std::exchange(held_back_, 0);
  set_low();
  return (held_back > 0 && bool{bound_pages(options_.bytes_max)})
         || had_ballast;
}

status store_engine::write_back(const char* checkpoint) {
  auto done = db_.run(checkpoint);
  if (!done && is_full(db_.last_code()) && give_up_room())
    done = db_.run(checkpoint);
  return done;
}

// -- reading ------------------------------------------------------------------

expected<ledger_reader::past_call>
store_engine::find_call(std::string_view tenant, std::string_view call) {
  ledger_reader::past_call result;
  bool is_damaged = false;
  auto take = [&](const stored_record& record) {
    auto decoded = decode_public(record.public_part);
    is_damaged = !decoded;
    if (!decoded)
      return false;
    const auto& fields = decoded->fields;
    if (fields.text(field::tenant) != tenant
        || fields.text(field::call) != call)
      return true;
    result.known = true;
    if (fields.has(field::end_status))
      result.status
        = static_cast<call_status>(fields.number(field::end_status));
    return false; // the newest record says how the last attempt stands
  };
  auto read = calls_->of_call(scan_, tenant, call, 1, take);
  if (!read)
    return read.error();
  if (is_damaged)
    return failure{errc::store_corrupt, "a record of the call does not decode"};
  return result;
}

// -- health -------------------------------------------------------------------

status store_engine::health() const {
  std::lock_guard guard{mutex_};
  return health_ && is_low_ ? low() : health_;
}

failure store_engine::low() const {
  return {errc::audit_unavailable,
          "there is little room on the disk of " + options_.directory.string()
            + ": outcomes are taken, new calls when there is more"};
}

void store_engine::set_low() {
  std::lock_guard guard{mutex_};
  // A bound on the file stays used until it is opened with another.
  is_low_ = room_.is_low() || (options_.bytes_max > 0 && held_back_ == 0);
}

failure store_engine::note(failure why) {
  was_full_ = is_full(db_.last_code());
  // An entry that cannot be recorded says nothing about the store.
  if (why.code != errc::invalid_request && is_fatal(db_.last_code()))
    set_health(why);
  return why;
}

void store_engine::note_reading() {
  if (auto code = db_.last_code(); is_fatal(code))
    set_health(sqlite_failure(code));
}

// The first reason stays.
void store_engine::set_health(status is) {
  std::lock_guard guard{mutex_};
  if (health_)
    health_ = std::move(is);
}

} // namespace byollm
