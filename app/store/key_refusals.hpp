// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/store/sqlite.hpp"
#include "messages/ledger.hpp"
#include "messages/ports/store.hpp"

#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace byollm {

/// Which keys their providers refuse: a projection of the ledger's outcomes,
/// written with them. A key is marked by its first refusal (401, 403), and
/// clean again once a call on it succeeds. Works inside the caller's
/// transaction:
///   begin, note..., then keep after the commit or drop. Not thread-safe.
class key_refusals {
public:
  /// Forgets the keys that are configured no more.
  static expected<key_refusals> open(database& db);

  void begin() noexcept {
    before_.clear();
  }

  /// Looks at what came of a key. Touches the disk only if that is news.
  status note(const outcome_record& outcome);

  void keep() noexcept {
    before_.clear();
  }

  void drop();

  /// Says of a row's key whether it is refused.
  status mark(stored_user_config& row);

private:
  using version = std::optional<uint32_t>;

  void set(const std::string& key_id, version refused);
  status refuse(const key_binding& key, const outcome_record& why);

  /// Versions of refused keys, by key id: what is in the table.
  std::unordered_map<std::string, uint32_t> refused_;
  /// What stood there before the transaction under way, in order.
  std::vector<std::pair<std::string, version>> before_;
  // -- statements -------------------------------------------------------------
  statement insert_;
  statement remove_;
  statement find_;
};

} // namespace byollm
