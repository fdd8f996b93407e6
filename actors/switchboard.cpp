// SPDX-License-Identifier: Apache-2.0
#include "actors/switchboard.hpp"

#include "actors/house_rules.hpp"
#include "actors/provider.hpp"
#include "messages/limits.hpp"

#include <algorithm>

namespace byollm {

void switchboard_state::start(switchboard_options options) {
  options_ = std::move(options);
}

expected<switchboard_state::line*>
switchboard_state::find(const llm_target::ptr& target) {
  auto it = lines_.find(target->isolation_key());
  if (it != lines_.end()) {
    if (it->second.is_replaced)
      make_current(it->second);
    return &it->second;
  }
  auto made = options_.factory->make(*target);
  if (!made)
    return made.error();
  std::shared_ptr<provider_port> port = *std::move(made);
  line opened{
    self_->spawn(provider, provider_options{port, target, options_.clock,
                                            options_.log, options_.gauges}),
    port, target};
  self_->monitor(opened.to);
  if (is_hurried_)
    port->hurry();
  auto [at, _] = lines_.emplace(target->isolation_key(), std::move(opened));
  make_current(at->second);
  arm();
  return &at->second;
}

// What was connected with another version of a key, or on other certificates'
// word, is not kept: turns that pinned it get a connection of their own.
void switchboard_state::make_current(line& now) {
  auto& current = current_[std::string{now.of->credential_key()}];
  if (current && current != &now) {
    current->is_replaced = true;
    current->port->keep_connections(false);
  }
  current = &now;
  now.is_replaced = false;
  now.port->keep_connections(true);
}

switchboard_state::lines::iterator
switchboard_state::forget(lines::iterator it) {
  auto current = current_.find(std::string{it->second.of->credential_key()});
  if (current != current_.end() && current->second == &it->second)
    current_.erase(current);
  return lines_.erase(it);
}

void switchboard_state::run(const shared<attempt_order>& order) {
  auto found = find(order->call.ticket->target());
  if (!found)
    return order->to->on_done({.why = found.error()});
  (*found)->used = true;
  self_->send((*found)->to, atom::run_v, order);
}

void switchboard_state::cancel(const std::string& isolation_key,
                               const shared<intent_receipt>& receipt) {
  auto it = lines_.find(isolation_key);
  if (it != lines_.end())
    self_->send(it->second.to, atom::cancel_v, receipt);
}

void switchboard_state::hurry() {
  is_hurried_ = true;
  for (auto& [_, opened] : lines_)
    opened.port->hurry();
}

void switchboard_state::revoke(const std::string& key_id, uint32_t up_to) {
  for (auto it = lines_.begin(); it != lines_.end();) {
    const auto& key = it->second.of->binding();
    if (key.key_id != key_id || key.key_version > up_to) {
      ++it;
      continue;
    }
    self_->send(it->second.to, atom::revoke_v);
    it = forget(it);
  }
}

void switchboard_state::arm() {
  if (armed_ || lines_.empty())
    return;
  armed_ = true;
  auto weak = caf::actor_cast<caf::weak_actor_ptr>(switchboard_actor{self_});
  alarm_ = options_.clock->set(
    options_.clock->now() + limits::provider_idle, [weak] {
      auto to = caf::actor_cast<switchboard_actor>(weak);
      if (to)
        caf::anon_send(to, atom::expired_v);
    });
}

void switchboard_state::close_idle() {
  armed_ = false;
  for (auto it = lines_.begin(); it != lines_.end();) {
    if (it->second.used || it->second.port->in_flight() > 0) {
      it->second.used = false;
      ++it;
      continue;
    }
    self_->send_exit(it->second.to, caf::exit_reason::user_shutdown);
    it = forget(it);
  }
  arm();
}

void switchboard_state::lost(const caf::actor_addr& who) {
  auto it = std::find_if(lines_.begin(), lines_.end(), [&](const auto& x) {
    return x.second.to.address() == who;
  });
  if (it != lines_.end())
    forget(it);
}

void switchboard_state::settle() {
  if (std::exchange(armed_, false))
    options_.clock->cancel(alarm_);
  for (auto& [_, opened] : lines_)
    self_->send_exit(opened.to, caf::exit_reason::user_shutdown);
  current_.clear();
  lines_.clear();
}

switchboard_actor::behavior_type
switchboard(switchboard_actor::stateful_pointer<switchboard_state> self,
            switchboard_options options) {
  adopt_house_rules(self, options.log, [self] { self->state.settle(); });
  self->set_down_handler(
    [self](caf::down_msg& down) { self->state.lost(down.source); });
  self->state.start(std::move(options));
  return {
    [self](atom::run, const shared<attempt_order>& order) {
      self->state.run(order);
    },
    [self](atom::cancel, const std::string& isolation_key,
           const shared<intent_receipt>& receipt) {
      self->state.cancel(isolation_key, receipt);
    },
    [self](atom::cancel) { self->state.hurry(); },
    [self](atom::revoke, const std::string& key_id, uint32_t up_to) {
      self->state.revoke(key_id, up_to);
    },
    [self](atom::expired) { self->state.close_idle(); },
  };
}

} // namespace byollm
