// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "actors/actor.hpp"
#include "actors/tenant.hpp"
#include "messages/limits.hpp"
#include "messages/ports/alarm.hpp"

#include <chrono>
#include <string>
#include <unordered_map>

namespace byollm {

struct directory_options {
  std::shared_ptr<const tenant_parts> parts;
  /// Calls back on a loop; only ever set while a tenant is awake.
  alarm_clock* clock = nullptr;
  /// Runs `set` on the loop that owns `clock`: the directory runs anywhere.
  std::function<void(std::function<void()>)> on_clock_loop;
  std::chrono::milliseconds idle = limits::tenant_idle;
  size_t awake_max = limits::tenants_active_max;
};

/// Tenants by id: awake on first use, asleep when idle (their state is in the
/// store). Awake at most `awake_max`; beyond that the longest unused one must
/// sleep first, and requests are refused as `overloaded` until it does.
class directory_state {
public:
  static inline constexpr const char* name = "directory";

  explicit directory_state(
    directory_actor::stateful_pointer<directory_state> self)
      : self_(self) {
    // nop
  }

  void start(directory_options options);

  /// Returns the tenant, awake; null if too many are awake.
  tenant_actor find(const std::string& id);

  uint64_t awake() const noexcept {
    return tenants_.size();
  }

  void sweep();

  /// Forgets a tenant that died; the next request wakes a new one.
  void forget(const caf::actor_addr& who);

  void settle();

private:
  struct entry {
    tenant_actor to;
    bool used = true;
  };

  void arm();
  void ask_to_sleep(const std::string& id);
  void asleep(const std::string& id, uint64_t open_requests);

  directory_actor::stateful_pointer<directory_state> self_;
  directory_options options_;
  std::unordered_map<std::string, entry> tenants_;
  bool armed_ = false;
};

directory_actor::behavior_type
directory(directory_actor::stateful_pointer<directory_state> self,
          directory_options options);

} // namespace byollm
