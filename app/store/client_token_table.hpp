// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/store/sqlite.hpp"
#include "messages/access.hpp"

#include <array>
#include <string>
#include <vector>

namespace byollm {

/// The programs that call for one user. Writes belong into the caller's
/// transaction. Not thread-safe.
class client_token_table {
public:
  static expected<client_token_table> open(database& db);

  expected<std::vector<stored_client_token>> load();

  /// Removes those that have expired by its time, and adds `token`. Errors:
  /// `limit_exceeded`.
  status add(const stored_client_token& token);

  /// Errors: `not_found`.
  status remove(const std::string& id);

  status remove_all(const client_token_owner& of);

private:
  statement all_;
  statement find_;
  statement add_;
  statement remove_;
  statement remove_all_;
  statement expire_;
  statement count_;
};

/// Copies a digest as stored. Returns whether it is one.
bool copy_digest(byte_view from, std::array<uint8_t, 32>& to);

} // namespace byollm
