// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/ledger/verify.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace byollm {

// The lines of an export (docs/ledger.md), each without its newline and in the
// one spelling that there is. What is read is what could have been written.

/// Opens an export.
struct export_header {
  std::string origin;
};

/// A record; one that is withheld has a leaf only.
struct export_record {
  uint64_t seq = 0;
  std::vector<uint8_t> public_part = {};
  std::vector<uint8_t> payload = {};
  std::optional<sha256_digest> payload_hash = {};
  sha256_digest leaf = {};

  bool is_withheld() const noexcept {
    return public_part.empty();
  }
};

/// A signed note about all records before it.
struct export_checkpoint {
  std::string note;
};

/// Ends an export.
struct export_end {
  uint64_t records = 0;
};

using export_line
  = std::variant<export_header, export_record, export_checkpoint, export_end>;

std::string header_line(std::string_view origin);
std::string record_line(const stored_record& record);
std::string withheld_line(const stored_record& record);
std::string checkpoint_line(std::string_view note);
std::string end_line(uint64_t records);

std::optional<export_line> read_export_line(std::string_view line);

} // namespace byollm
