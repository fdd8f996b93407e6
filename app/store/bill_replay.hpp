// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/ledger/verify.hpp"
#include "app/store/bill_table.hpp"

#include <map>
#include <optional>
#include <string>

namespace byollm {

/// Tells from the ledger's records alone how each outcome is billed: what the
/// store's own bill must say. Takes all records, in order.
class bill_replay {
public:
  /// How one outcome is billed.
  struct bill {
    uint64_t seq = 0;
    uint64_t intent_seq = 0;
    intent_line line = {};
    /// Whether `line.purpose` tells; retention may have removed it.
    bool knows_purpose = true;
    std::string call = {};
    uint64_t attempt = 1;
    std::optional<uint64_t> cost_micro = {};
    int64_t day = 0;
    bill_sums adds = {};

    attempt_key key() const noexcept {
      return {line.tenant, call, attempt};
    }
  };

  /// Returns the bill of an outcome; nothing for other records, and for an
  /// outcome that no open intent asked for. Errors: `store_corrupt` if the
  /// record does not decode.
  expected<std::optional<bill>> take(const stored_record& record);

private:
  struct opened {
    uint64_t seq;
    intent_line line;
    bool knows_purpose;
  };

  std::map<std::string, opened> open_;
};

} // namespace byollm
