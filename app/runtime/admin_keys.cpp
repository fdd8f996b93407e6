// SPDX-License-Identifier: Apache-2.0
// The master keys, asked from outside the actors.
#include "app/runtime/admin_impl.hpp"
#include "app/runtime/settle.hpp"

namespace byollm {

// Asks the AUTH GATEWAY something that it answers with a T.
template <class T, class... Args>
pending<T> admin_accessor::impl::ask_gateway(Args... args) const {
  auto live = lock();
  if (!live.core)
    return settled<T>(failure{errc::stopping, "the runtime is stopping"});
  auto [state, made] = make_pending<T>();
  ask<answer<T>>(
    *live.core->system, live.core->gateway,
    [state = state](const answer<T>* reply) {
      if (reply)
        state->settle(**reply);
      else
        state->settle(failure{errc::stopping, "the runtime is stopping"});
    },
    args...);
  return made;
}

pending<rewrap_progress>
admin_accessor::rotate_master_key(std::string actor) const {
  return impl_->ask_gateway<rewrap_progress>(
    atom::rotate_v, std::make_shared<const master_key_change>(
                      master_key_change{std::move(actor)}));
}

pending<rewrap_progress>
admin_accessor::follow_rotation(uint32_t version) const {
  return impl_->ask_gateway<rewrap_progress>(
    atom::rotate_v,
    std::make_shared<const master_key_change>(master_key_change{"", version}));
}

pending<unit> admin_accessor::retire_master_key(uint32_t version,
                                                std::string actor) const {
  return impl_->ask_gateway<unit>(
    atom::retire_v, std::make_shared<const master_key_change>(
                      master_key_change{std::move(actor), version}));
}

pending<master_key_list> admin_accessor::master_keys() const {
  return impl_->ask_gateway<master_key_list>(atom::lookup_v);
}

} // namespace byollm
