// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/chat.hpp"
#include "messages/parameters.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace byollm::test {

/// What a caller may want of a call, as a row of docs/providers.md.
struct wish {
  std::string name;
  /// What the call says without and with it.
  create_message_request without;
  create_message_request with;
  std::string model = "m";
  parameters params_without = {};
  parameters params_with = {};
  /// The dialect whose models the row is about; empty: all.
  std::string_view only = {};
};

/// Every one, in the page's order.
std::vector<wish> all_wishes();

} // namespace byollm::test
