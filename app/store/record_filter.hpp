// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/store/call_records.hpp"

namespace byollm {

/// What an attempt's two records know only together.
struct attempt_facts {
  std::string provider = {};
  std::string purpose = {};
  std::string status = {};
};

/// A copy of a record, to be looked at after its row is gone.
struct kept_record {
  explicit kept_record(const stored_record& from);

  stored_record view() const;

  uint64_t seq;
  std::vector<uint8_t> public_part;
  std::vector<uint8_t> leaf;
  std::vector<uint8_t> payload;
  std::vector<uint8_t> payload_hash;
};

/// Says which records a filter means. Not thread-safe.
class record_filter {
public:
  explicit record_filter(ledger_filter which) : which_(std::move(which)) {
    // nop
  }

  const ledger_filter& which() const noexcept {
    return which_;
  }

  /// Whether a record fits as far as it knows itself; what its attempt must
  /// know is left out.
  bool fits_alone(const public_view& record) const;

  /// Whether `facts_of` has to be asked.
  bool needs_facts() const noexcept;

  bool fits(const attempt_facts& facts) const;

  /// Finds what a record's attempt knows. Errors: the store's.
  expected<attempt_facts> facts_of(ledger_scan& scan, call_records& calls,
                                   const stored_record& record) const;

private:
  ledger_filter which_;
};

/// Records whose facts are found before appends have their turn again: two rows
/// are read for each.
constexpr size_t slice_facts = 32;

/// Returns a record's own time, or 0.
int64_t time_of(const public_view& record);

/// Adds what `record` says to its attempt's facts.
void add_facts(attempt_facts& to, const public_view& record,
               const stored_record& bytes);

} // namespace byollm
