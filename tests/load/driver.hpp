// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "actors/actor.hpp"
#include "app/runtime/admission.hpp"
#include "messages/ports/alarm.hpp"
#include "tests/load/cast.hpp"
#include "tests/load/scoreboard.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace byollm::load {

/// The DRIVER actor interface: somebody who takes one chat turn after another.
using driver_actor = caf::typed_actor<
  // Begin the next turn, if one is left.
  takes<atom::run>,
  // INTERNAL: the call under way was answered, or lost.
  takes<atom::ended>>;

/// What the drivers of one loop share; outlives them.
struct driver_parts {
  const scenario* load = nullptr;
  scoreboard* board = nullptr;
  turn_desk_actor desk;
  alarm_clock* clock = nullptr;
  std::shared_ptr<admission> gate;
  std::function<std::string()> new_id;
  /// Whether streamed text carries the stand-in's time stamps.
  bool has_stamps = false;
};

struct driver_options {
  std::shared_ptr<const driver_parts> parts;
  size_t number = 0;
  /// Whom it acts for, in turn.
  std::vector<user> users;
  driver_log* log = nullptr;
};

class ride;
struct turn_progress;

/// Takes turns as a host would, by the typed messages: begin, call, end.
class driver_state {
public:
  static inline constexpr const char* name = "driver";

  explicit driver_state(driver_actor::stateful_pointer<driver_state> self);
  ~driver_state();

  void start(driver_options options);

  void next_turn();

  void call_ended();

private:
  std::shared_ptr<ride> make_ride();
  void note_end();
  void end_turn();
  void pause();

  driver_actor::stateful_pointer<driver_state> self_;
  driver_options options_;
  std::unique_ptr<script> script_;
  std::shared_ptr<turn_progress> now_;
};

driver_actor::behavior_type
driver(driver_actor::stateful_pointer<driver_state> self,
       driver_options options);

} // namespace byollm::load
