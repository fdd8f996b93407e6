// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/store/anchor.hpp"
#include "app/vault/private_files.hpp"
#include "app/vault/secret_bytes.hpp"
#include "messages/ports/access.hpp"
#include "messages/ports/host.hpp"
#include "messages/ports/log.hpp"
#include "messages/ports/store.hpp"

#include "messages/limits.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

namespace byollm {

/// Second places for checkpoints; each is optional.
struct anchor_options {
  /// On another volume; empty for none.
  std::filesystem::path file = {};
  syslog_facility syslog = syslog_facility::none;
  std::filesystem::path syslog_socket = "/dev/log";
};

/// How to open the embedded store.
struct store_options {
  /// Holds everything; created with mode 0700 if it is missing.
  std::filesystem::path directory = {};
  /// A second durable place for ledger records; null for none.
  std::shared_ptr<audit_sink> sink = {};
  /// Upper bound of the database file in bytes; 0 for none. Over it the store
  /// answers as on a full disk.
  uint64_t bytes_max = 0;
  anchor_options anchors = {};
  log_fn log = {};
  /// Real bytes kept in the file `byollm.ballast`, or below `bytes_max`, for
  /// the outcomes of calls in flight when the disk is full; 0 for none.
  uint64_t reserve_bytes = limits::ledger_reserve_bytes;
  /// With less than this free on the disk no call may begin.
  uint64_t low_space_bytes = limits::ledger_low_space_bytes;
  /// A commit that takes longer is told to health checks.
  std::chrono::milliseconds stall = limits::ledger_stall;
  /// So is a read that takes longer than this.
  std::chrono::milliseconds read_stall = limits::ledger_read_stall;
  /// A closing store leaves its thread behind after this long without progress.
  std::chrono::milliseconds close_patience = limits::ledger_close_patience;
  /// What `own_directory` gave; null: taken at the opening.
  std::shared_ptr<unique_fd> owned = {};
  /// The name of an SQLite VFS, for special file systems and tests; empty for
  /// the usual one.
  std::string vfs = {};
};

/// What is in the ledger, as of its last commit.
struct ledger_counts {
  uint64_t records = 0;
  /// Intents whose outcome is not recorded yet.
  uint64_t open_intents = 0;
  /// Free on the disk, of the last look at it.
  uint64_t free_bytes = 0;
};

/// How the signing of checkpoints goes.
struct seal_state {
  /// Records that are under a checkpoint.
  uint64_t signed_records = 0;
  /// The newest checkpoint, a signed note; empty if there is none.
  std::string newest = {};
  /// How many anchors there are.
  size_t places = 0;
  /// Why no checkpoints are made; success while they are.
  status sealing = unit{};
  /// Why an anchor has not got them; success while all have.
  status anchors = unit{};
};

/// The embedded store: ledger and configurations in one SQLite file that one
/// writer thread owns. Appends that wait while a commit runs make the next
/// commit (at most `limits::ledger_batch_max` records, a single batch always
/// whole); long reads go in slices between commits. Thread-safe. Callbacks come
/// from the writer thread and must neither block nor destroy the store. The
/// destructor finishes what was asked before; reads still under way get
/// `stopping`. If the disk does not answer meanwhile, what waits gets
/// `stopping` from the destructor's thread, what is being written is never
/// answered, and the directory stays locked until the disk does answer. After
/// the destructor neither a callback nor the sink or log is called.
class store : public ledger_store,
              public ledger_reader,
              public config_store,
              public wrap_store,
              public access_store {
public:
  /// Returns success, or why no call may begin:
  /// - `audit_unavailable`: room is low; outcomes are still taken; passes by
  ///   itself once there is room;
  /// - `store_unavailable`: a commit or a read does not come back from the
  /// disk,
  ///   which passes when it does; or after an I/O error, or because the files
  ///   were moved: nothing is taken until the store is opened again, since what
  ///   reached the disk is unknown;
  /// - `store_corrupt`: a damaged page; the same.
  /// Thread: any; cheap.
  virtual status health() const = 0;

  /// Tells how checkpoints and anchors go. Thread: any; cheap.
  virtual seal_state seals() const = 0;

  /// Thread: any; cheap.
  virtual ledger_counts counts() const = 0;

  /// Returns the random name of this ledger, 32 hex digits.
  virtual const std::string& ledger_id() const noexcept = 0;
};

/// Makes this process the owner of `directory`, which is created if it is
/// missing, until the result is gone or the store that it was given to. For
/// whoever reads something else there first. Errors: `store_owned`,
/// `store_unavailable`.
expected<std::shared_ptr<unique_fd>>
own_directory(const std::filesystem::path& directory);

/// Opens the store of `options.directory`, migrates it, checks the end of its
/// ledger, and gives each intent that a crash left open the outcome `unknown`,
/// durable before this returns. `fingerprint_key` keys the prompt fingerprints.
/// Errors: `store_owned`, `store_newer`, `store_corrupt`, `store_unavailable`.
/// Blocks on files.
expected<std::unique_ptr<store>> open_store(store_options options,
                                            secret_bytes fingerprint_key);

/// Verifies the ledger in `directory` without opening it for use; this also
/// works on one that `open_store` refuses as damaged; an older one is migrated
/// first. Errors: as `open_store`;
/// a damaged ledger is a verdict, not an error. Blocks on files.
expected<ledger_verdict>
verify_closed_ledger(const std::filesystem::path& directory);

} // namespace byollm
