// SPDX-License-Identifier: Apache-2.0
// Who vouches for a tenant's own servers.
#include "app/runtime/admin_impl.hpp"
#include "app/runtime/settle.hpp"
#include "app/store/store.hpp"
#include "providers/net/ca_bundle.hpp"

namespace byollm {

namespace {

failure gone() {
  return {errc::stopping, "the runtime is stopping"};
}

failure no_tenant() {
  return {errc::invalid_request,
          "a tenant has 1 to 128 bytes of [A-Za-z0-9._:@-]", "tenant"};
}

} // namespace

pending<unit> admin_accessor::impl::change_trust(trust_change wanted) const {
  if (!tenant_id::parse(wanted.tenant))
    return settled<unit>(no_tenant());
  auto live = lock();
  if (!live.core)
    return settled<unit>(gone());
  auto [state, made] = make_pending<unit>();
  ask<answer<unit>>(
    *live.core->system, live.core->directory,
    [state = state](const answer<unit>* reply) {
      if (!reply)
        state->settle(gone());
      else
        state->settle(**reply);
    },
    atom::change_v, std::make_shared<const trust_change>(std::move(wanted)));
  return made;
}

pending<unit> admin_accessor::set_tenant_ca(std::string tenant, std::string pem,
                                            std::string actor) const {
  auto bundle = read_ca_bundle(pem);
  if (!bundle)
    return settled<unit>(bundle.error());
  return impl_->change_trust(
    {std::move(tenant), *std::move(bundle), std::move(actor)});
}

pending<unit> admin_accessor::remove_tenant_ca(std::string tenant,
                                               std::string actor) const {
  return impl_->change_trust({std::move(tenant), {}, std::move(actor)});
}

pending<std::optional<ca_view>>
admin_accessor::tenant_ca(std::string tenant) const {
  using view = std::optional<ca_view>;
  if (!tenant_id::parse(tenant))
    return settled<view>(no_tenant());
  auto live = impl_->lock();
  if (!live.core)
    return settled<view>(gone());
  auto [state, made] = make_pending<view>();
  live.core->store->load_rules(
    std::move(tenant),
    [tell = settle_soon<view>(live.core, state)](expected<tenant_rules> found) {
      if (!found)
        return tell(std::move(found).error());
      if (!found->trust)
        return tell(view{});
      const auto& trust = *found->trust;
      tell(view{{trust.fingerprint, describe(trust), trust.pem}});
    });
  return made;
}

} // namespace byollm
