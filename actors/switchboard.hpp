// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "actors/actor.hpp"
#include "messages/ports/alarm.hpp"
#include "messages/ports/gauges.hpp"
#include "messages/ports/log.hpp"
#include "messages/ports/provider.hpp"

#include <memory>
#include <string>
#include <unordered_map>

namespace byollm {

struct switchboard_options {
  /// Makes this loop's ports; outlives the actor.
  provider_factory* factory = nullptr;
  alarm_clock* clock = nullptr;
  log_fn log = {};
  runtime_gauges_ptr gauges = {};
};

/// One loop's providers by isolation key: opened on first use, closed when
/// nobody used them for `limits::provider_idle`. No alarm is set while there is
/// none.
class switchboard_state {
public:
  static inline constexpr const char* name = "switchboard";

  explicit switchboard_state(
    switchboard_actor::stateful_pointer<switchboard_state> self)
      : self_(self) {
    // nop
  }

  void start(switchboard_options options);

  void run(const shared<attempt_order>& order);

  void cancel(const std::string& isolation_key,
              const shared<intent_receipt>& receipt);

  /// Has nothing read on for its usage any more.
  void hurry();

  /// Ends the calls on versions up to `up_to` of the credential `key_id`.
  void revoke(const std::string& key_id, uint32_t up_to);

  void close_idle();

  /// Forgets a provider that died; the next attempt opens a new one.
  void lost(const caf::actor_addr& who);

  void settle();

private:
  struct line {
    provider_actor to;
    std::shared_ptr<provider_port> port;
    /// Whose credential this is, in which version and with which trust.
    llm_target::ptr of;
    bool used = true;
    bool is_replaced = false;
  };

  using lines = std::unordered_map<std::string, line>;

  expected<line*> find(const llm_target::ptr& target);
  void make_current(line& now);
  lines::iterator forget(lines::iterator it);
  void arm();

  switchboard_actor::stateful_pointer<switchboard_state> self_;
  switchboard_options options_;
  lines lines_;
  /// By credential.
  std::unordered_map<std::string, line*> current_;
  bool armed_ = false;
  bool is_hurried_ = false;
  alarm_clock::alarm_id alarm_ = 0;
};

switchboard_actor::behavior_type
switchboard(switchboard_actor::stateful_pointer<switchboard_state> self,
            switchboard_options options);

} // namespace byollm
