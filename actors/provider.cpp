// SPDX-License-Identifier: Apache-2.0
#include "actors/provider.hpp"

#include "actors/house_rules.hpp"
#include "actors/relay.hpp"

namespace byollm {

void provider_state::start(provider_options options) {
  options_ = std::move(options);
}

caf::result<shared<attempt_report>>
provider_state::run(const attempt_order& order) {
  const auto& receipt = order.call.ticket->receipt();
  auto to = self_->make_response_promise<
    caf::typed_response_promise<shared<attempt_report>>>();
  open_.add(receipt->seq(), to);
  auto weak = caf::actor_cast<caf::weak_actor_ptr>(provider_actor{self_});
  options_.port->start(order.call,
                       std::make_shared<relay>(weak, receipt, order.to));
  return to;
}

void provider_state::cancel(const intent_receipt& receipt) {
  options_.port->cancel(receipt);
}

void provider_state::ended(const intent_receipt& receipt,
                           const shared<attempt_report>& report) {
  open_.settle(receipt.seq(), report);
}

void provider_state::settle() {
  options_.port->close();
  open_.settle_all([](uint64_t) {
    attempt_report lost;
    lost.outcome.why = {errc::unavailable, "the provider actor ended"};
    lost.outcome.sent = lost.outcome.why.sent = certainty::maybe;
    return std::make_shared<const attempt_report>(std::move(lost));
  });
}

provider_actor::behavior_type
provider(provider_actor::stateful_pointer<provider_state> self,
         provider_options options) {
  adopt_house_rules(self, options.log, [self] { self->state.settle(); });
  self->state.start(std::move(options));
  return {
    [self](atom::run, const shared<attempt_order>& order) {
      return self->state.run(*order);
    },
    [self](atom::cancel, const shared<intent_receipt>& receipt) {
      self->state.cancel(*receipt);
    },
    [self](atom::ended, const shared<intent_receipt>& receipt,
           const shared<attempt_report>& report) {
      self->state.ended(*receipt, report);
    },
  };
}

} // namespace byollm
