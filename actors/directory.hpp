// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "actors/actor.hpp"
#include "actors/tenant.hpp"
#include "messages/limits.hpp"
#include "messages/ports/alarm.hpp"

#include <chrono>
#include <list>
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
/// store). Awake at most `awake_max`; beyond that requests are refused as
/// `overloaded` until the longest unused one sleeps. One that was used since
/// the last sweep is left awake.
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

  /// Asks those to sleep that nobody used since the last time; on the alarm.
  void sweep();

  /// Forgets a tenant that died; the next request wakes a new one.
  void forget(const caf::actor_addr& who);

  void settle();

private:
  struct entry {
    tenant_actor to;
    std::list<std::string>::iterator place; // in by_use_
    /// Since the last sweep.
    bool used = true;
    /// Whether it may sleep, and has not answered.
    bool is_asked = false;
  };

  using tenant_map = std::unordered_map<std::string, entry>;

  void note_use(entry& of);
  void arm();
  void make_room();
  void drop(tenant_map::iterator it);
  void ask_to_sleep(const std::string& id);
  void asleep(const std::string& id, uint64_t open_requests);

  directory_actor::stateful_pointer<directory_state> self_;
  directory_options options_;
  tenant_map tenants_;
  std::list<std::string> by_use_; // the longest unused first
  bool armed_ = false;
};

directory_actor::behavior_type
directory(directory_actor::stateful_pointer<directory_state> self,
          directory_options options);

} // namespace byollm
