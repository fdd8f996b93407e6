// SPDX-License-Identifier: Apache-2.0
#include "app/store/engine.hpp"

#include "app/ledger/row.hpp"
#include "app/store/recovery.hpp"
#include "app/store/schema.hpp"

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

int64_t unix_ms_now() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch())
    .count();
}

/// Takes back what a transaction staged, if it does not end well.
class staging {
public:
  explicit staging(ledger_table& in) : in_(&in) {
    in.begin();
  }

  staging(const staging&) = delete;
  staging& operator=(const staging&) = delete;

  ~staging() {
    if (in_)
      in_->drop();
  }

  void keep() {
    std::exchange(in_, nullptr)->keep();
  }

private:
  ledger_table* in_;
};

bool has_outcome(const std::vector<ledger_entry>& batch) {
  return std::ranges::any_of(batch, [](const ledger_entry& entry) {
    return std::holds_alternative<outcome_record>(entry);
  });
}

failure not_recorded(const failure& why) {
  return {errc::audit_unavailable,
          "the ledger could not be written: " + why.detail};
}

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

std::filesystem::path database_file(const std::filesystem::path& directory) {
  return directory / "byollm.db";
}

store_engine::store_engine(store_options options, unique_fd lock, database db)
    : options_(std::move(options)),
      lock_(std::move(lock)),
      db_(std::move(db)),
      room_(options_.directory / "byollm.ballast", options_.reserve_bytes,
            options_.low_space_bytes) {
  // nop
}

expected<std::unique_ptr<store_engine>>
store_engine::open(store_options options, byte_view fingerprint_key) {
  auto directory = open_private_directory(options.directory);
  if (!directory)
    return directory.error();
  auto lock = lock_directory(*directory);
  if (!lock)
    return lock.error();
  auto file = database_file(*directory);
  auto db = database::open(file, options.vfs);
  if (!db)
    return db.error();
  options.directory = *directory;
  if (auto migrated = migrate(*db, file, all_migrations()); !migrated)
    return migrated.error();
  std::unique_ptr<store_engine> result{
    new store_engine(std::move(options), *std::move(lock), *std::move(db))};
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
  auto configs = config_table::open(db_);
  if (!configs)
    return configs.error();
  configs_ = *std::move(configs);
  auto scan = ledger_scan::open(db_);
  if (!scan)
    return scan.error();
  scan_ = *std::move(scan);
  auto start = start_ledger(scan_, unix_ms_now());
  if (!start)
    return start.error();
  auto ledger
    = ledger_table::open(db_, fingerprint_key, std::move(start->found));
  if (!ledger)
    return ledger.error();
  ledger_ = *std::move(ledger);
  if (auto left = ledger_->leave_billed(start->closing); !left)
    return left;
  if (auto closed = close_open_intents(std::move(start->closing)); !closed)
    return closed;
  if (auto placed = db_.check_in_place(); !placed)
    return placed;
  return open_seals();
}

status store_engine::close_open_intents(std::vector<ledger_entry> outcomes) {
  // What we have read may be in the page cache only, if the process before us
  // was killed in a commit: durable first, then told.
  if (outcomes.empty())
    return db_.run("PRAGMA wal_checkpoint(FULL)");
  std::vector<append_request> closing(1);
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

// -- appending ----------------------------------------------------------------

void store_engine::commit(std::span<append_request> group) {
  look_for_room();
  if (!is_low())
    return write_group(group);
  auto why = low();
  auto refused = std::stable_partition(
    group.begin(), group.end(),
    [](const auto& request) { return has_outcome(request.batch); });
  auto outcomes = group.first(static_cast<size_t>(refused - group.begin()));
  for (auto& request : group.subspan(outcomes.size()))
    request.result = why;
  if (!outcomes.empty())
    write_group(outcomes);
}

void store_engine::write_group(std::span<append_request> group) {
  auto done = guarded([&] { return commit_all(group); });
  if (!done && was_full_ && give_up_room())
    done = guarded([&] { return commit_all(group); });
  if (done) {
    committed();
  } else if (done.error().code == errc::invalid_request && group.size() > 1) {
    for (size_t i = 0; i < group.size(); ++i)
      write_group(group.subspan(i, 1));
  } else {
    for (auto& request : group)
      request.result = done.error().code == errc::invalid_request
                         ? done.error()
                         : not_recorded(done.error());
  }
}

status store_engine::commit_all(std::span<append_request> group) {
  rows_.clear();
  was_full_ = false;
  auto work = transaction::begin(db_);
  if (!work)
    return note(work.error());
  staging staged{*ledger_};
  for (auto& request : group) {
    request.result = ledger_->next_seq();
    for (const auto& entry : request.batch)
      if (auto appended = append(entry); !appended)
        return note(appended.error());
  }
  if (auto ended = ledger_->end(); !ended)
    return note(ended.error());
  if (auto done = work->commit(); !done)
    return note(done.error());
  staged.keep();
  return check_in_place();
}

status store_engine::append(const ledger_entry& entry) {
  auto seq = ledger_->append(entry);
  if (!seq)
    return seq.error();
  if (!options_.sink)
    return unit{};
  const auto& record = ledger_->last();
  auto decoded = decode_public(record.public_part());
  if (!decoded)
    return decoded.error();
  auto payload = decode_payload(decoded->type, record.payload());
  if (!payload)
    return payload.error();
  rows_.push_back(to_row(*decoded, &*payload, record.leaf()));
  return unit{};
}

// The sink comes before the callbacks: what is acknowledged is in both places.
void store_engine::committed() {
  for (const auto& row : rows_)
    options_.sink->committed(row);
  rows_.clear();
  if (sealer_)
    sealer_->grew(ledger_->size(), sealer::clock::now());
}

// -- configuration ------------------------------------------------------------

status store_engine::change(const std::function<status(config_table&)>& change,
                            change_record why) {
  // What is left is for outcomes.
  if (is_low())
    return failure{errc::store_unavailable, low().detail};
  return guarded([&] { return change_all(change, std::move(why)); });
}

status
store_engine::change_all(const std::function<status(config_table&)>& change,
                         change_record why) {
  rows_.clear();
  auto work = transaction::begin(db_);
  if (!work)
    return note(work.error());
  staging staged{*ledger_};
  if (auto changed = change(configs_); !changed)
    return note(changed.error());
  if (auto appended = append(std::move(why)); !appended)
    return note(appended.error());
  if (auto ended = ledger_->end(); !ended)
    return note(ended.error());
  if (auto done = work->commit(); !done)
    return note(done.error());
  staged.keep();
  committed();
  return check_in_place();
}

// After the commit: what was acknowledged is where the next start looks.
status store_engine::check_in_place() {
  auto placed = db_.check_in_place();
  if (!placed)
    set_health(placed);
  return placed;
}

status store_engine::remove_user(std::string_view tenant, std::string_view user,
                                 change_record why) {
  // Also while room is low: a key must go when it is asked to.
  auto remove = [&] {
    return guarded([&] {
      return change_all(
        [&](config_table& in) { return in.remove_user(tenant, user); }, why);
    });
  };
  auto removed = remove();
  if (!removed && was_full_ && give_up_room())
    removed = remove();
  // secure_delete clears the page; older copies of it are in the log.
  if (removed)
    if (auto done = db_.run("PRAGMA wal_checkpoint(TRUNCATE)"); !done)
      return note(done.error());
  return removed;
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
  auto read = scan_.of_call(call, ledger_->open(), SIZE_MAX, take);
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
