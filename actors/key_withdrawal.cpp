// SPDX-License-Identifier: Apache-2.0
#include "actors/key_withdrawal.hpp"

#include "messages/limits.hpp"

#include <algorithm>

namespace byollm {

void key_withdrawal::start(withdrawal_options options) {
  options_ = std::move(options);
}

bool key_withdrawal::is_over(const key_binding& key) const {
  auto it = over_.find(key.key_id);
  return it != over_.end() && key.key_version <= it->second;
}

void key_withdrawal::remove(const std::string& key_id) {
  // Rows without a key had no id once; theirs is not one credential.
  if (key_id.empty())
    return;
  end_leases(key_id, every_key_version);
  drain(key_id, every_key_version);
}

void key_withdrawal::replace(const std::string& key_id, uint32_t up_to) {
  if (!key_id.empty())
    drain(key_id, up_to);
}

void key_withdrawal::end_leases(const std::string& key_id, uint32_t up_to) {
  auto& over = over_[key_id];
  over = std::max(over, up_to);
  // Tickets that are out already open nothing either.
  options_.vault->revoke(key_id, up_to);
}

void key_withdrawal::drain(const std::string& key_id, uint32_t up_to) {
  if (draining_.size() == limits::keys_draining_max)
    end_oldest();
  draining_.push_back({options_.clock->now() + options_.drain, key_id, up_to});
  if (options_.drain.count() == 0)
    end_oldest();
  arm();
}

void key_withdrawal::end_oldest() {
  auto oldest = std::move(draining_.front());
  draining_.pop_front();
  // First the vault: what a switchboard runs after it was told opens nothing.
  end_leases(oldest.key_id, oldest.up_to);
  for (const auto& to : options_.switchboards)
    self_->send(to, atom::revoke_v, oldest.key_id, oldest.up_to);
}

void key_withdrawal::expire() {
  armed_ = false;
  while (!draining_.empty() && draining_.front().until <= options_.clock->now())
    end_oldest();
  arm();
}

void key_withdrawal::arm() {
  if (armed_ || draining_.empty())
    return;
  armed_ = true;
  auto weak = caf::actor_cast<caf::weak_actor_ptr>(auth_gateway_actor{self_});
  options_.on_clock_loop(
    [clock = options_.clock, when = draining_.front().until, weak] {
      clock->set(when, [weak] {
        if (auto to = caf::actor_cast<auth_gateway_actor>(weak))
          caf::anon_send(to, atom::expired_v);
      });
    });
}

} // namespace byollm
