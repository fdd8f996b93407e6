// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "actors/actor.hpp"
#include "messages/ports/alarm.hpp"
#include "messages/ports/vault.hpp"

#include <chrono>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace byollm {

struct withdrawal_options {
  key_vault* vault = nullptr;
  alarm_clock* clock = nullptr;
  /// Runs a task on the clock's loop.
  std::function<void(std::function<void()>)> on_clock_loop = {};
  /// How long turns under way go on with a key that was replaced, and calls
  /// under way with one that was deleted; asked for each such key. Null: 0.
  std::function<std::chrono::milliseconds()> drain = {};
  std::vector<switchboard_actor> switchboards = {};
};

/// Takes replaced and deleted keys out of use, as a part of the AUTH GATEWAY.
/// Under way: limits::keys_draining_max; beyond, the oldest drain ends early.
class key_withdrawal {
public:
  explicit key_withdrawal(auth_gateway_actor::pointer self) : self_(self) {
    // nop
  }

  void start(withdrawal_options options);

  /// Returns whether this version of a credential is leased no more.
  bool is_over(const key_binding& key) const;

  /// Nothing of the credential is leased or opened any more; calls that run
  /// with it end after the drain.
  void remove(const std::string& key_id);

  /// After the drain nothing of the versions up to `up_to` is leased or opened
  /// any more, and calls that run with them end.
  void replace(const std::string& key_id, uint32_t up_to);

  /// Ends the drains whose time is up.
  void expire();

private:
  struct draining {
    alarm_clock::time_point until;
    std::string key_id;
    uint32_t up_to;
  };

  void end_leases(const std::string& key_id, uint32_t up_to);
  void drain(const std::string& key_id, uint32_t up_to);
  void end_oldest();
  void arm();

  auth_gateway_actor::pointer self_;
  withdrawal_options options_;
  // By credential, the last version that is over. An id never comes back once
  // it was deleted, so entries need no end.
  std::unordered_map<std::string, uint32_t> over_;
  std::deque<draining> draining_; // by time
  /// When the next alarm rings.
  std::optional<alarm_clock::time_point> armed_for_;
};

} // namespace byollm
