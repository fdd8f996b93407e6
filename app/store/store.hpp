// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/store/anchor.hpp"
#include "app/vault/secret_bytes.hpp"
#include "messages/ports/host.hpp"
#include "messages/ports/log.hpp"
#include "messages/ports/store.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>

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
};

/// How the signing of checkpoints goes.
struct seal_state {
  /// Records that are under a checkpoint.
  uint64_t signed_records = 0;
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
/// `stopping`.
class store : public ledger_store, public ledger_reader, public config_store {
public:
  /// Returns why the store takes no more writes, or success. After an I/O error
  /// it takes none until it is opened again: what reached the disk is unknown.
  virtual status health() const = 0;

  /// Tells how checkpoints and anchors go.
  virtual seal_state seals() const = 0;

  /// Returns the random name of this ledger, 32 hex digits.
  virtual const std::string& ledger_id() const noexcept = 0;
};

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
