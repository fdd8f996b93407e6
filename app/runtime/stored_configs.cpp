// SPDX-License-Identifier: Apache-2.0
#include "app/runtime/stored_configs.hpp"

#include "actors/settings_rules.hpp"

namespace byollm {

namespace {

user_lookup broken(failure why) {
  return {user_lookup::state::broken, nullptr, std::move(why)};
}

user_lookup read(const expected<std::optional<stored_user_config>>& row,
                 const expected<std::vector<std::string>>& allowed) {
  // Unreadable is not absent: who would be acting is unknown.
  if (!row)
    return broken({errc::config_unavailable, describe(row.error())});
  if (!*row)
    return {};
  if (!allowed)
    return broken({errc::config_unavailable, describe(allowed.error())});
  auto config = restore_user(**row, *allowed);
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
                    from_.load_allowed(
                      tenant.str(), [row = std::move(row), done](
                                      expected<std::vector<std::string>> list) {
                        done(read(row, list));
                      });
                  });
}

} // namespace byollm
