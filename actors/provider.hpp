// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "actors/actor.hpp"
#include "actors/open_replies.hpp"
#include "messages/ports/log.hpp"
#include "messages/ports/provider.hpp"

#include <memory>

namespace byollm {

struct provider_options {
  /// The connections. Shared because CAF copies what a spawn gets; one owner.
  std::shared_ptr<provider_port> port;
  log_fn log = {};
};

/// Runs attempts on one isolation key's connections. In flight and queued:
/// bounded by the port (limits::provider_in_flight, limits::provider_queue),
/// which refuses with `overloaded`.
class provider_state {
public:
  static inline constexpr const char* name = "provider";

  explicit provider_state(provider_actor::stateful_pointer<provider_state> self)
      : self_(self) {
    // nop
  }

  void start(provider_options options);

  caf::result<shared<attempt_report>> run(const attempt_order& order);

  void cancel(const intent_receipt& receipt);

  void ended(const intent_receipt& receipt,
             const shared<attempt_report>& report);

  /// Closes the port and answers everybody who waits.
  void settle();

private:
  provider_actor::stateful_pointer<provider_state> self_;
  provider_options options_;
  open_replies<uint64_t, shared<attempt_report>> open_;
};

provider_actor::behavior_type
provider(provider_actor::stateful_pointer<provider_state> self,
         provider_options options);

} // namespace byollm
