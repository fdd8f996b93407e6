// SPDX-License-Identifier: Apache-2.0
// Users' own LLMs, one at a time or a list.
#include "app/store/config_table.hpp"

#include <utility>

namespace byollm {

expected<std::optional<stored_user_config>>
config_table::load_user(std::string_view tenant, std::string_view user) {
  return load_llm("user", tenant, user);
}

status config_table::save_user(const stored_user_config& row) {
  return save_llm("user", row.tenant, row.user, row);
}

status config_table::remove_user(std::string_view tenant,
                                 std::string_view user) {
  return remove_llm("user", tenant, user);
}

expected<std::vector<stored_user_config>>
config_table::list_users(std::string_view tenant, std::string_view after,
                         size_t limit) {
  reset_at_end guard{list_users_};
  list_users_.bind(1, tenant).bind(2, after).bind(3, as_sql(limit));
  std::vector<stored_user_config> result;
  for (;;) {
    auto found = list_users_.step();
    if (!found)
      return found.error();
    if (!*found)
      return result;
    std::string user{list_users_.text(llm_column_count)};
    auto row = is_stale("user", tenant, user) ? stale_row(tenant, user)
                                              : read_llm(list_users_);
    row.tenant = tenant;
    row.user = std::move(user);
    result.push_back(std::move(row));
  }
}

} // namespace byollm
