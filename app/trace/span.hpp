// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace byollm::trace {

/// As OTLP numbers them.
enum class span_kind : uint8_t { server = 2, client = 3 };

/// One span that has ended. Holds no text of a prompt or an answer, no key, and
/// nothing of a tenant or user.
struct span {
  using value = std::variant<std::string, int64_t, std::vector<std::string>>;

  std::string trace_id = {};
  std::string span_id = {};
  /// Empty: the trace begins here.
  std::string parent_id = {};
  std::string state = {};
  uint8_t flags = 0;
  std::string name = {};
  span_kind kind = span_kind::client;
  int64_t start_unix_us = 0;
  int64_t end_unix_us = 0;
  /// What it failed with; empty if it did not.
  std::string error = {};
  std::vector<std::pair<std::string_view, value>> attributes = {};
};

} // namespace byollm::trace
