// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "actors/actor.hpp"
#include "messages/ports/log.hpp"

namespace byollm {

struct resolver_options {
  shared<platform_config> platform;
  provider_table_ptr providers;
  log_fn log = {};
};

/// Holds the platform's configuration and pins it, with the user's, to a turn;
/// on what is pinned the cascade, a pure function (cascade.hpp), decides the
/// turn's calls. One per loop.
class resolver_state {
public:
  static inline constexpr const char* name = "resolver";

  void start(resolver_options options);

  shared<pinned_turn> pin(const shared<call_context>& context,
                          const shared<user_lookup>& user) const;

  void replace(shared<platform_config> next);

private:
  shared<platform_config> platform_;
  provider_table_ptr providers_;
};

resolver_actor::behavior_type
resolver(resolver_actor::stateful_pointer<resolver_state> self,
         resolver_options options);

} // namespace byollm
