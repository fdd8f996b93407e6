// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace byollm::test {

/// What an answer may hold, as a row of docs/providers.md.
struct answer_part {
  std::string_view name;
  /// In each dialect, the stream of an answer that has it; empty: the protocol
  /// has no such thing.
  std::array<std::string, 3> streams;
};

/// Every one, in the page's order.
std::vector<answer_part> all_answer_parts();

/// Returns what a caller gets of `stream` in `dialect`: the kinds of deltas,
/// the counts, the stop reason, and what is lost.
std::string seen_of(std::string_view dialect, const std::string& stream);

} // namespace byollm::test
