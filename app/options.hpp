// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "../messages/ports/host.hpp"
#include "../messages/ports/log.hpp"
#include "../messages/ports/watch.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace byollm {

struct runtime_options {
  /// Where store, master key and owner socket live; made with mode 0700.
  std::filesystem::path data_directory = {};
  /// Loop threads; 0 takes the number of cores.
  unsigned loops = 0;
  /// Serve the CLI on a 0600 Unix socket in the data directory.
  bool owner_socket = false;
  /// The environment variable that has the master keys (docs/operations.md);
  /// read once at the start, wiped and unset. Empty, or not set: files in the
  /// data directory have them.
  std::string master_key_variable = {};
  /// PEM file with trust anchors beside the system's; empty for none.
  std::string ca_pem_file = {};
  /// Time-outs of the way to a provider; unset: messages/limits.hpp. An answer
  /// that is generated and asked for whole has until its call's deadline for
  /// its first byte.
  std::optional<std::chrono::milliseconds> connect_timeout = {};
  std::optional<std::chrono::milliseconds> first_byte_timeout = {};
  std::optional<std::chrono::milliseconds> idle_timeout = {};
  /// Admission; 0 takes the default of messages/limits.hpp.
  uint32_t in_flight_per_tenant = 0;
  uint32_t in_flight_total = 0;
  /// After how long without use a tenant sleeps; unset: limits::tenant_idle.
  std::optional<std::chrono::milliseconds> tenant_idle = {};
  /// How long turns under way go on with a key that was replaced, and calls
  /// with one that was deleted; 0 cuts them at once. Unset: limits::key_drain.
  std::optional<std::chrono::milliseconds> key_drain = {};
  log_fn log = {};
  /// Second places for the ledger's checkpoints (docs/ledger.md): a file on
  /// another volume, and the system log's "auth" or "authpriv". Empty: none.
  std::filesystem::path anchor_file = {};
  std::string anchor_syslog = {};

  // The host's own parts; null takes ours (messages/ports/host.hpp).
  std::shared_ptr<config_source> configs = {};
  std::shared_ptr<credential_source> credentials = {};
  std::shared_ptr<audit_sink> audit = {};
  std::shared_ptr<balance> balances = {};
  /// Beside what we log (messages/ports/watch.hpp); null: nobody.
  std::shared_ptr<call_watch> watch = {};
};

} // namespace byollm
