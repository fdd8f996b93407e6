// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/store/sqlite.hpp"
#include "messages/ports/store.hpp"

#include <functional>
#include <map>

namespace byollm {

/// The master keys that stored keys are wrapped under. Not thread-safe.
class wrap_table {
public:
  static expected<wrap_table> open(database& db);

  /// Wraps one batch anew; in the caller's transaction. The rows' own columns
  /// stay as they are, and so does their seal.
  expected<rewrap_batch> rewrap(const rewrap_order& what);

  /// Counts the stored keys that each master key wraps.
  expected<std::map<uint32_t, uint64_t>> count();

private:
  status save(const config_place& at, byte_view envelope);

  statement next_;
  statement save_;
  statement count_;
};

} // namespace byollm
