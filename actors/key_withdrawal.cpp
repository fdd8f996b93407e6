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
  auto time = options_.drain ? options_.drain() : std::chrono::milliseconds{0};
  auto until = options_.clock->now() + time;
  // Those before may have been given more time.
  auto later = std::ranges::upper_bound(draining_, until, {}, &draining::until);
  draining_.insert(later, {until, key_id, up_to});
  if (time.count() == 0)
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
  if (armed_for_ && *armed_for_ <= options_.clock->now())
    armed_for_.reset();
  while (!draining_.empty() && draining_.front().until <= options_.clock->now())
    end_oldest();
  arm();
}

void key_withdrawal::arm() {
  if (draining_.empty()
      || (armed_for_ && *armed_for_ <= draining_.front().until))
    return;
  armed_for_ = draining_.front().until;
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
