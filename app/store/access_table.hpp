// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/store/client_token_table.hpp"
#include "messages/access.hpp"

namespace byollm {

/// Who may call. Writes belong into the caller's transaction. Not thread-safe.
class access_table {
public:
  static expected<access_table> open(database& db);

  expected<stored_access> load();

  /// Errors: as access_store::change_access.
  status apply(const access_change& what);

private:
  status add(const stored_service_token& token);
  status remove(const std::string& name);
  expected<bool> has(const std::string& name);

  statement all_;
  statement find_;
  statement add_;
  statement remove_;
  statement count_;
  statement load_generation_;
  statement save_generation_;
  client_token_table clients_;
};

} // namespace byollm
