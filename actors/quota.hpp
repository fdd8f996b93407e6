// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "actors/actor.hpp"
#include "messages/ports/log.hpp"
#include "messages/ports/store.hpp"

#include <deque>
#include <functional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace byollm {

struct quota_options {
  /// What was used before we counted; outlives the actor.
  ledger_reader* past = nullptr;
  std::function<int64_t()> unix_ms;
  log_fn log = {};
};

/// Counts calls and tokens of extensions whose policy bounds them, for each
/// user and day (UTC). Whom it does not know yet it looks up in the sums of the
/// ledger, where attempts stand for calls; calls wait for that. A day that
/// comes again because the clock was set back is looked up again, so that
/// nobody has it twice; one that never was before begins with nothing.
class quota_state {
public:
  static inline constexpr const char* name = "quota";

  explicit quota_state(quota_actor::stateful_pointer<quota_state> self)
      : self_(self) {
    // nop
  }

  void start(quota_options options);

  caf::result<answer<unit>> admit(const shared<allowance_use>& use);

  void spend(const allowance_use& use);

  /// Answers everybody who waits with `unavailable`.
  void settle();

private:
  using promise = caf::typed_response_promise<answer<unit>>;

  struct day_use {
    int64_t day = 0;
    uint64_t calls = 0;
    uint64_t tokens = 0;
    bool is_known = false;
    std::vector<std::pair<promise, shared<allowance_use>>> waiting = {};
  };

  int64_t today();
  day_use& use_of(const call_context& context);
  void forget_oldest();
  void look_up(const call_context& context);
  void found(const std::string& key,
             const expected<std::vector<usage_row>>& rows);
  static answer<unit> count(day_use& so_far, const extension_policy& policy);

  quota_actor::stateful_pointer<quota_state> self_;
  quota_options options_;
  std::unordered_map<std::string, day_use> uses_;
  /// The day that the clock said last, the latest that it ever did, and
  /// whether the one was new when it came: else it came before, and we may have
  /// counted on it.
  int64_t day_ = INT64_MIN;
  int64_t latest_day_ = INT64_MIN;
  bool is_new_day_ = false;
  /// The keys of `uses_`, oldest first.
  std::deque<std::string> order_;
};

quota_actor::behavior_type
quota(quota_actor::stateful_pointer<quota_state> self, quota_options options);

} // namespace byollm
