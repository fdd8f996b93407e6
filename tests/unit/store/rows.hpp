// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/store/ledger_scan.hpp"

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace byollm::sample {

using bytes = std::vector<uint8_t>;

/// A record taken out of its row.
struct loose_record {
  bytes public_part;
  bytes payload;      ///< Empty once retention removed it.
  bytes payload_hash; ///< What is left of it then.
  bytes leaf;
};

/// A row of a closed ledger, taken apart.
struct loose_row {
  uint64_t first_seq = 0;
  uint64_t last_seq = 0;
  uint64_t open_from = 0;
  sha256_digest root = {};
  std::vector<loose_record> records;
};

/// Reads the row that begins with record `first_seq` of the closed ledger in
/// `directory`.
loose_row read_row(const std::filesystem::path& directory, uint64_t first_seq);

/// Replaces that row, packed anew.
void write_row(const std::filesystem::path& directory, uint64_t first_seq,
               const loose_row& row);

/// The same in one.
void edit_row(const std::filesystem::path& directory, uint64_t first_seq,
              const std::function<void(loose_row&)>& edit);

/// Runs SQL that must change something.
void run_sql(const std::filesystem::path& directory, const std::string& sql);

} // namespace byollm::sample
