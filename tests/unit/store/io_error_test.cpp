// SPDX-License-Identifier: Apache-2.0
// Goal: whatever operation of the file system fails, once or from then on, no
// acknowledged record is lost, nothing is there half, the failure has a clear
// name, admission is closed, and the next start finds a ledger that verifies
// with every open intent `unknown`. Method: a VFS that fails the 1st, 2nd, ...
// operation of each kind of one sequence of work, until it passes without
// meeting the fault.
#include "sample.hpp"
#include "test_vfs.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <map>
#include <sqlite3.h>

using namespace byollm;
using namespace byollm::sample;

namespace {

int code_of(file_op op) {
  switch (op) {
  case file_op::open:
    return SQLITE_CANTOPEN;
  case file_op::remove:
    return SQLITE_IOERR_DELETE;
  case file_op::access:
    return SQLITE_IOERR_ACCESS;
  case file_op::read:
    return SQLITE_IOERR_READ;
  case file_op::write:
    return SQLITE_IOERR_WRITE;
  case file_op::truncate:
    return SQLITE_IOERR_TRUNCATE;
  case file_op::sync:
    return SQLITE_IOERR_FSYNC;
  case file_op::size:
    return SQLITE_IOERR_FSTAT;
  case file_op::lock:
    return SQLITE_IOERR_LOCK;
  }
  return SQLITE_IOERR;
}

/// Which operation fails, and how.
struct fault {
  file_op op;
  int code;
  bool for_ever;
  int nth;
};

std::string describe(const fault& of) {
  return to_string(of.op) + " " + std::to_string(of.nth) + ", code "
         + std::to_string(of.code) + (of.for_ever ? ", for ever" : ", once");
}

/// A directory as a killed process left it: a log beside the database, an
/// intent without an outcome.
void leave_behind(const scratch& directory) {
  scratch living;
  auto store = open(living.path());
  REQUIRE(append(*store, {intent("before-1"), outcome("before-1")}));
  REQUIRE(append(*store, {change(), intent("before-2")}));
  for (const auto& entry : std::filesystem::directory_iterator{living.path()})
    if (entry.path().filename() != "byollm.ballast")
      std::filesystem::copy(entry.path(),
                            directory.path() / entry.path().filename());
}

constexpr uint64_t left_records = 4;

/// What the sequence of work was told.
struct told {
  uint64_t acknowledged = left_records;
  bool was_refused = false;
};

class work {
public:
  explicit work(store& to) : to_(to) {
    // nop
  }

  told run() {
    add({intent("call-1")});
    add({outcome("call-1"), intent("call-2")});
    save_user();
    add(std::vector<ledger_entry>(40, change()));
    remove_user();
    read();
    add({outcome("call-2")});
    add({intent("call-3")});
    return told_;
  }

private:
  void add(std::vector<ledger_entry> batch) {
    auto size = batch.size();
    auto seq = append(to_, std::move(batch));
    if (seq) {
      told_.acknowledged = *seq + size - 1;
      return;
    }
    INFO(describe(seq.error()));
    // An outcome whose intent the fault kept out has nothing to close.
    auto orphaned = seq.error().code == errc::invalid_request
                    && seq.error().detail.ends_with("open intent");
    CHECK((orphaned || seq.error().code == errc::audit_unavailable));
    refused();
  }

  void changed(const status& done) {
    if (done) {
      ++told_.acknowledged;
      return;
    }
    INFO(describe(done.error()));
    auto code = done.error().code;
    CHECK((code == errc::store_unavailable || code == errc::store_corrupt));
    refused();
  }

  void save_user() {
    changed(wait<status>([&](auto done) {
      stored_user_config row = {};
      row.tenant = "acme";
      row.user = "ada";
      row.provider = "ollama";
      row.envelope.assign(100, 1);
      to_.save_user(std::move(row), change(), std::move(done));
    }));
  }

  void remove_user() {
    auto done = wait<status>([&](auto tell) {
      to_.remove_user("acme", "ada", change(), std::move(tell));
    });
    // Its record may be durable when the log could not be emptied.
    changed(done);
  }

  void read() {
    auto verdict = wait<expected<ledger_verdict>>(
      [&](auto done) { to_.verify("", std::move(done)); });
    if (verdict)
      CHECK(verdict->intact);
    auto rows = list(to_);
    if (!verdict || !rows)
      refused();
  }

  void refused() {
    told_.was_refused = true;
    // A full disk is the one that passes by itself.
    if (auto is = to_.health(); !is)
      CHECK(is.error().code != errc::none);
  }

  store& to_;
  told told_;
};

struct calls {
  int intents = 0;
  int outcomes = 0;
};

// What the next start finds.
void check_left(const std::filesystem::path& directory, const told& by) {
  auto store = open(directory);
  auto verdict = verify(*store);
  INFO(verdict.problem);
  REQUIRE(verdict.intact);
  REQUIRE(verdict.records >= by.acknowledged);
  auto rows = list(*store, {.limit = 10'000});
  REQUIRE(rows);
  REQUIRE(rows->size() == verdict.records);
  std::map<std::string, calls> found;
  for (const auto& row : *rows) {
    auto& call = found[value(row, "call")];
    call.intents += row.type == "intent";
    call.outcomes += row.type == "outcome";
  }
  for (const auto& [name, call] : found) {
    INFO(name);
    REQUIRE(call.intents == call.outcomes);
  }
  REQUIRE(append(*store, {change()}));
}

// Returns whether the fault was met.
bool meet(const fault& which) {
  scratch directory;
  leave_behind(directory);
  std::atomic<int> seen{0};
  told by;
  {
    asking_vfs vfs{[&](file_op op) {
      if (op != which.op)
        return SQLITE_OK;
      auto now = ++seen;
      bool fails = which.for_ever ? now >= which.nth : now == which.nth;
      return fails ? which.code : SQLITE_OK;
    }};
    store_options options;
    options.directory = directory.path();
    options.vfs = asking_vfs::name;
    options.reserve_bytes = 0;
    auto opened = try_open(options);
    if (opened) {
      by = work{**opened}.run();
      // What failed a write has closed admission, unless there was no room.
      bool is_full = which.code == SQLITE_FULL;
      if (by.was_refused && !is_full) {
        CHECK_FALSE((*opened)->health());
        CHECK((*opened)->takes_intents().error().code
              == errc::audit_unavailable);
      }
    } else {
      INFO(describe(opened.error()));
      auto code = opened.error().code;
      CHECK((code == errc::store_unavailable || code == errc::store_corrupt));
    }
  }
  check_left(directory.path(), by);
  return seen >= which.nth;
}

int fail_each(file_op op, int code, bool for_ever) {
  for (int nth = 1;; ++nth) {
    fault which{op, code, for_ever, nth};
    INFO(describe(which));
    if (!meet(which))
      return nth - 1;
  }
}

} // namespace

TEST_CASE("an operation that fails loses nothing acknowledged", "[io]") {
  for (auto op : all_file_ops)
    for (bool for_ever : {false, true})
      WARN(to_string(op) << (for_ever ? " for ever: " : " once: ")
                         << fail_each(op, code_of(op), for_ever)
                         << " operations failed");
}

TEST_CASE("a disk that is full at any write loses nothing acknowledged",
          "[io]") {
  for (auto op : {file_op::write, file_op::truncate})
    for (bool for_ever : {false, true})
      WARN("full at " << to_string(op) << (for_ever ? " for ever: " : " once: ")
                      << fail_each(op, SQLITE_FULL, for_ever)
                      << " operations failed");
}
