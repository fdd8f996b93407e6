// SPDX-License-Identifier: Apache-2.0
#include "actors/auth_gateway.hpp"

#include "actors/house_rules.hpp"

namespace byollm {

/// The only maker of lease tickets in the product.
class lease_office {
public:
  static lease_ticket_ptr issue(shared<llm_target> target,
                                shared<intent_receipt> receipt) {
    return lease_ticket_ptr{
      new lease_ticket(std::move(target), std::move(receipt))};
  }
};

void auth_gateway_state::start(auth_gateway_options options) {
  options_ = std::move(options);
  rotation.start(
    {options_.master_keys, options_.rows, options_.unix_ms, options_.log});
  options_.withdrawal.vault = options_.vault;
  withdrawal.start(options_.withdrawal);
}

answer<lease_ticket_ptr>
auth_gateway_state::lease(const shared<llm_target>& target,
                          const shared<intent_receipt>& receipt) const {
  if (withdrawal.is_over(target->binding()))
    return refused<lease_ticket_ptr>(
      {errc::config_changed, "the key of this turn was replaced or deleted"});
  return answered(lease_office::issue(target, receipt));
}

answer<sealed_key> auth_gateway_state::seal(const opened_key& key,
                                            const key_binding& binding) {
  return std::make_shared<const expected<sealed_key>>(
    options_.vault->seal(key.bytes(), binding));
}

auth_gateway_actor::behavior_type
auth_gateway(auth_gateway_actor::stateful_pointer<auth_gateway_state> self,
             auth_gateway_options options) {
  adopt_house_rules(self, options.log,
                    [self] { self->state.rotation.settle(); });
  self->state.start(std::move(options));
  return {
    [self](atom::lease, const shared<llm_target>& target,
           const shared<intent_receipt>& receipt) {
      return self->state.lease(target, receipt);
    },
    [self](atom::seal, const key_slip& key, const shared<key_binding>& to) {
      return self->state.seal(*key, *to);
    },
    [self](atom::revoke, const std::string& key_id) {
      self->state.withdrawal.remove(key_id);
      return answered(unit{});
    },
    [self](atom::replace, const std::string& key_id, uint32_t up_to) {
      self->state.withdrawal.replace(key_id, up_to);
      return answered(unit{});
    },
    [self](atom::rotate, const shared<master_key_change>& wanted) {
      return self->state.rotation.rotate(wanted);
    },
    [self](atom::retire, const shared<master_key_change>& wanted) {
      return self->state.rotation.retire(wanted);
    },
    [self](atom::lookup) { return self->state.rotation.show(); },
    [](atom::resume, const continuation& go_on) { (*go_on)(); },
    [self](atom::expired) { self->state.withdrawal.expire(); },
  };
}

} // namespace byollm
