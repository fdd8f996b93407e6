// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "api.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace byollm {

/// What the admin lets one extension do with LLMs, a user's own or the
/// platform's. What is unset is not bounded.
struct extension_policy {
  /// What its calls may name; "" stands for calls without a purpose.
  std::optional<std::vector<std::string>> purposes = {};
  /// What may answer it. A name that ends in "*" means all that begin so.
  std::optional<std::vector<std::string>> models = {};
  /// For each of its users and each day (UTC): no user's calls are refused for
  /// what another one used.
  std::optional<uint64_t> calls_per_day = {};
  /// Input and output together; reached means that no further call begins.
  std::optional<uint64_t> tokens_per_day = {};

  bool operator==(const extension_policy&) const = default;

  bool has_allowance() const noexcept {
    return calls_per_day || tokens_per_day;
  }
};

/// By extension; "*" is for those that have none of their own.
using policy_table = std::map<std::string, extension_policy>;

/// Names every extension in a policy table.
inline constexpr std::string_view any_extension = "*";

/// Returns the policy of `extension`, or null if nothing bounds it.
BYOLLM_API const extension_policy*
find_policy(const policy_table& among, const std::string& extension) noexcept;

} // namespace byollm
