// SPDX-License-Identifier: Apache-2.0
#include "app/runtime/stored_configs.hpp"

#include "actors/settings_rules.hpp"

namespace byollm {

namespace {

user_lookup broken(failure why) {
  return {user_lookup::state::broken, nullptr, std::move(why)};
}

user_lookup read(const expected<std::optional<stored_user_config>>& row,
                 const expected<tenant_rules>& rules) {
  // Unreadable is not absent: who would be acting is unknown.
  if (!row)
    return broken({errc::config_unavailable, describe(row.error())});
  if (!*row)
    return {};
  if (!rules)
    return broken({errc::config_unavailable, describe(rules.error())});
  auto config = restore_user(**row, *rules);
  if (!config)
    return broken(config.error());
  return {user_lookup::state::present, *std::move(config), {}};
}

} // namespace

void stored_configs::lookup(const tenant_id& tenant, const user_id& user,
                            std::function<void(user_lookup)> done) {
  using found = expected<std::optional<stored_user_config>>;
  from_.load_user(tenant.str(), user.str(),
                  [this, tenant, done = std::move(done)](found row) {
                    if (row && !*row)
                      return done({});
                    from_.load_rules(tenant.str(),
                                     [row = std::move(row),
                                      done](expected<tenant_rules> rules) {
                                       done(read(row, rules));
                                     });
                  });
}

} // namespace byollm
