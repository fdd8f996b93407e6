// SPDX-License-Identifier: Apache-2.0
#include "app/access/grant_rules.hpp"

#include "messages/ids.hpp"
#include "messages/limits.hpp"

#include <algorithm>

namespace byollm {

failure bad_name(const char* what) {
  return {errc::invalid_request,
          std::string{what} + " must be 1 to 128 bytes of [A-Za-z0-9._:@-]",
          what};
}

status check_scope(const std::string& tenant, const std::string& user,
                   const std::string& extension,
                   const std::vector<std::string>& purposes) {
  if (!is_valid_id(tenant))
    return bad_name("tenant");
  if (!is_valid_id(user))
    return bad_name("user");
  if (!is_valid_id(extension))
    return bad_name("extension");
  if (purposes.size() > limits::call_token_purposes_max)
    return failure{errc::limit_exceeded, "a token names at most 32 purposes",
                   "purposes"};
  if (!std::ranges::all_of(purposes,
                           [](const auto& x) { return is_valid_id(x); }))
    return bad_name("purposes");
  return unit{};
}

} // namespace byollm
