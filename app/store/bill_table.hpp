// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/ledger/decode.hpp"
#include "app/store/call_index.hpp"
#include "app/store/sqlite.hpp"
#include "messages/ledger.hpp"

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace byollm {

/// What usage is summed by, besides the day. Views only.
struct bill_line {
  std::string_view tenant;
  std::string_view user;
  std::string_view extension;
  std::string_view purpose;
  billing_class billing = billing_class::byollm;
  std::string_view provider;
  std::string_view model;
};

bill_line line_of(const intent_record& intent);

/// A `bill_line` that owns its texts.
struct intent_line {
  std::string tenant;
  std::string user;
  std::string extension;
  std::string purpose;
  billing_class billing = billing_class::byollm;
  std::string provider;
  std::string model;

  bill_line view() const noexcept {
    return {tenant, user, extension, purpose, billing, provider, model};
  }
};

/// Reads the line of a decoded intent; without its payload the purpose is "".
intent_line line_of(const public_view& intent, const field_set* payload);

/// The columns of `usage_day` that are sums.
enum class bill_sum : uint8_t {
  attempts,
  unknown_usage,
  unpriced,
  input_uncached,
  cache_read,
  cache_write,
  output,
  reasoning,
  cost_micro,
};

constexpr size_t bill_sum_count = 9;

/// Sums of one line and day. They stop at 2^63 - 1: a provider that counts
/// nonsense must not keep the ledger from being written.
class bill_sums {
public:
  bill_sums() = default;

  /// What one outcome adds.
  bill_sums(const token_usage& usage, std::optional<uint64_t> cost_micro);

  void add(const bill_sums& other) noexcept;

  void set(bill_sum which, uint64_t value) noexcept;

  int64_t at(size_t index) const noexcept {
    return values_[index];
  }

  uint64_t operator[](bill_sum which) const noexcept {
    return static_cast<uint64_t>(values_[static_cast<size_t>(which)]);
  }

  bool operator==(const bill_sums&) const = default;

private:
  std::array<int64_t, bill_sum_count> values_ = {};
};

/// Days since 1970 in UTC.
int64_t day_of(int64_t unix_ms) noexcept;

/// One outcome, as it is billed.
struct billed_outcome {
  uint64_t seq = 0;
  uint64_t intent_seq = 0;
  int64_t line = 0;
  attempt_key which;
  billing_class billing = billing_class::byollm;
  std::optional<uint64_t> cost_micro = {};
  int64_t day = 0;
};

/// Writes the projection of the ledger's outcomes: a row each, and what they
/// sum up to by line and day. Works inside the caller's transaction:
///   begin, line or outcome..., end, then keep after the commit or drop.
/// Sums are written once per transaction, line and day. Not thread-safe.
class bill_table {
public:
  static expected<bill_table> open(database& db);

  void begin();

  /// Returns the number of `which`, a new one if it has none.
  expected<int64_t> line(const bill_line& which);

  /// Errors: `invalid_request` if the attempt has been billed.
  status outcome(const billed_outcome& what, const bill_sums& adds);

  /// Returns whether the attempt has been billed.
  expected<bool> knows(const attempt_key& which);

  status end();

  void keep() noexcept {
    fresh_.clear();
  }

  void drop();

private:
  using line_day = std::pair<int64_t, int64_t>;

  expected<std::optional<int64_t>> find_line(const bill_line& which);
  expected<int64_t> add_line(const bill_line& which);

  /// Numbers of lines by their texts; a cache.
  std::unordered_map<std::string, int64_t> lines_;
  std::string key_;
  // -- of the transaction under way -------------------------------------------
  std::vector<std::string> fresh_;
  std::map<line_day, bill_sums> sums_;
  // -- statements -------------------------------------------------------------
  statement find_line_;
  statement add_line_;
  statement insert_;
  statement find_;
  statement add_sums_;
};

} // namespace byollm
