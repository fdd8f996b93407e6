// SPDX-License-Identifier: Apache-2.0
// Where a tenant's keys may go, and who vouches for the servers there.
#include "app/store/config_table.hpp"

#include <memory>

namespace byollm {

expected<std::vector<std::string>>
config_table::load_allowed(std::string_view tenant) {
  reset_at_end guard{load_allowed_};
  load_allowed_.bind(1, tenant);
  std::vector<std::string> result;
  for (;;) {
    auto found = load_allowed_.step();
    if (!found)
      return found.error();
    if (!*found)
      return result;
    result.emplace_back(load_allowed_.text(0));
  }
}

status config_table::save_allowed(std::string_view tenant,
                                  const std::vector<std::string>& origins) {
  if (auto cleared = clear_allowed_.bind(1, tenant).run(); !cleared)
    return cleared;
  for (const auto& origin : origins)
    if (auto saved = save_allowed_.bind(1, tenant).bind(2, origin).run();
        !saved)
      return saved;
  return unit{};
}

expected<tenant_rules> config_table::load_rules(std::string_view tenant) {
  auto allowed = load_allowed(tenant);
  if (!allowed)
    return allowed.error();
  tenant_rules result{*std::move(allowed), {}};
  reset_at_end guard{load_trust_};
  auto found = load_trust_.bind(1, tenant).step();
  if (!found)
    return found.error();
  if (*found)
    result.trust = std::make_shared<const ca_bundle>(ca_bundle{
      std::string{load_trust_.text(0)}, std::string{load_trust_.text(1)},
      static_cast<uint32_t>(load_trust_.integer(2))});
  return result;
}

status config_table::save_trust(std::string_view tenant,
                                const ca_bundle_ptr& trust) {
  if (!trust)
    return remove_trust_.bind(1, tenant).run();
  return save_trust_.bind(1, tenant)
    .bind(2, trust->pem)
    .bind(3, trust->fingerprint)
    .bind(4, int64_t{trust->certificates})
    .run();
}

} // namespace byollm
