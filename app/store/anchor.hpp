// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/ledger/checkpoint.hpp"
#include "app/ledger/note.hpp"

#include <filesystem>
#include <memory>

namespace byollm {

/// A place for checkpoints that whoever writes the database cannot rewrite.
class anchor {
public:
  virtual ~anchor() = default;

  /// Adds a line, durably where the place can tell. Blocks. Errors:
  /// `store_unavailable`.
  virtual status write(std::string_view line) = 0;

  /// Returns the newest checkpoint there that a known key signed, if the place
  /// can be read. Blocks. Errors: `store_unavailable`.
  virtual expected<std::optional<checkpoint>>
  newest(std::span<const note_key> known) = 0;

  /// For logs: "file /mnt/audit/anchors", "syslog".
  virtual std::string name() const = 0;
};

/// Appends to a file, which it creates with mode 0600, and syncs it. The file
/// is opened anew for each line, so that another volume may come and go.
std::unique_ptr<anchor> make_file_anchor(std::filesystem::path file);

enum class syslog_facility : uint8_t { none = 0, auth = 4, authpriv = 10 };

/// Sends to the system log's socket, priority "notice". Not through syslog(3):
/// that one tells nothing when nobody listens, and its settings are the host's.
std::unique_ptr<anchor> make_syslog_anchor(syslog_facility facility,
                                           std::filesystem::path socket);

} // namespace byollm
