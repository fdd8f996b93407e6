// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "actors/turn.hpp"
#include "app/byollm.hpp"
#include "app/runtime/admission.hpp"
#include "app/runtime/named_calls.hpp"
#include "app/runtime/read_gate.hpp"
#include "app/runtime/retry_office.hpp"
#include "app/runtime/shedding.hpp"
#include "app/runtime/test_gate.hpp"
#include "messages/ports/alarm.hpp"
#include "messages/ports/gauges.hpp"

#include <caf/actor_system.hpp>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <unordered_set>
#include <vector>

namespace byollm {

class access_book;
class login_desk;
class loop_pool;
class store;
class vault;

/// The host's handle on a lent turn. CAF handles must not outlive their actor
/// system while a host may keep a context for ever, so the runtime cuts the
/// links when it stops.
class turn_link {
public:
  turn_link(turn_actor to, uint64_t generation);

  /// Ends the turn.
  ~turn_link();

  /// Sends to the turn; false if the runtime has stopped.
  bool call(const shared<call_order>& order);
  bool cancel(const std::string& call);
  bool cancel_all(const char* why);
  bool end();

  /// Calls `use` with the turn unless it is cut.
  bool with(const std::function<void(const turn_actor&, uint64_t)>& use);

  void cut();

private:
  std::mutex mutex_;
  turn_actor to_;
  uint64_t generation_;
};

/// What contexts and the admin accessor need of a runtime; shared with them,
/// and emptied when the runtime stops.
struct runtime_core {
  runtime_options options;
  std::shared_ptr<admission> gate;
  loop_pool* pool = nullptr;
  std::shared_ptr<named_calls> named = std::make_shared<named_calls>();
  test_gate tests;
  read_gate reads;
  retry_office retries;
  runtime_gauges_ptr gauges = std::make_shared<runtime_gauges>();
  /// Of keys that go out of use from now on.
  std::atomic<std::chrono::milliseconds> key_drain = {};
  shedding sheds;
  std::shared_ptr<access_book> access;
  std::shared_ptr<login_desk> logins;

  // -- null once stopped -----------------------------------------------------
  std::mutex mutex;
  caf::actor_system* system = nullptr;
  directory_actor directory;
  platform_actor platform;
  auth_gateway_actor gateway;
  ledger_actor ledger;
  std::vector<turn_desk_actor> desks;
  /// Of each loop, to be used there.
  std::vector<alarm_clock*> clocks;
  class store* store = nullptr;
  class vault* vault = nullptr;
  provider_table_ptr providers;
  std::unordered_set<turn_link*> links;
  size_t next_desk = 0;

  void log(log_level level, std::string_view text,
           const log_fields& fields) const;
};

using core_ptr = std::shared_ptr<runtime_core>;

/// Opens a turn and tells `done` exactly once, on a loop thread or, if it
/// cannot be opened, at once.
void open_turn_impl(
  const core_ptr& core, const turn_request& request,
  std::function<void(expected<std::shared_ptr<llm_accessor::impl>>)> done,
  bool platform_only = false);

} // namespace byollm
