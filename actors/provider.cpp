// SPDX-License-Identifier: Apache-2.0
#include "actors/provider.hpp"

#include "actors/house_rules.hpp"

namespace byollm {

void provider_state::start(provider_options options) {
  watch_ = std::make_shared<endpoint_watch>(options.of, *options.clock,
                                            options.log, options.gauges);
  options_ = std::move(options);
}

void provider_state::run(const attempt_order& order) {
  auto watched = watch_->admit(order.to, order.is_test);
  if (!watched)
    return order.to->on_done({.why = watched.error()});
  options_.port->start(order.call, *std::move(watched));
}

void provider_state::cancel(const intent_receipt& receipt) {
  options_.port->cancel(receipt);
}

void provider_state::close(const failure& why) {
  options_.port->close(why);
}

provider_actor::behavior_type
provider(provider_actor::stateful_pointer<provider_state> self,
         provider_options options) {
  adopt_house_rules(self, options.log, [self] {
    self->state.close({errc::stopping, "the runtime is stopping"});
  });
  self->state.start(std::move(options));
  return {
    [self](atom::run, const shared<attempt_order>& order) {
      self->state.run(*order);
    },
    [self](atom::cancel, const shared<intent_receipt>& receipt) {
      self->state.cancel(*receipt);
    },
    [self](atom::revoke) {
      self->state.close(
        {errc::config_changed, "the key of this call was replaced or deleted"});
      self->quit();
    },
  };
}

} // namespace byollm
