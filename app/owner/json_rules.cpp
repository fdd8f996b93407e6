// SPDX-License-Identifier: Apache-2.0
#include "app/owner/json.hpp"

namespace byollm::owner {

std::string render(const platform_rules& rules) {
  return json_text([&](json_writer& to) {
    to.StartObject();
    if (rules.when_disabled)
      put(to, "when_disabled",
          *rules.when_disabled == disabled_policy::refuse ? "refuse"
                                                          : "platform");
    if (rules.caller_may_name_model)
      put_flag(to, "caller_may_name_model", *rules.caller_may_name_model);
    if (rules.ambiguous_retries)
      put_number(to, "ambiguous_retries", *rules.ambiguous_retries);
    if (rules.unknown_price)
      put(to, "unknown_price", to_string(*rules.unknown_price));
    to.EndObject();
  });
}

} // namespace byollm::owner
