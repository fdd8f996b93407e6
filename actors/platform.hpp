// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "actors/actor.hpp"
#include "messages/ports/log.hpp"
#include "messages/ports/store.hpp"

#include <deque>
#include <functional>
#include <string>
#include <variant>
#include <vector>

namespace byollm {

struct platform_options {
  shared<stored_platform_config> stored;
  name_list allowed; ///< The platform's allowed origins, as stored.
  config_store* store = nullptr;
  auth_gateway_actor gateway;
  std::vector<resolver_actor> resolvers;
  provider_table_ptr providers;
  std::function<std::string()> new_id;
  std::function<int64_t()> unix_ms;
  log_fn log = {};
};

/// The one place that changes the platform's configuration. Changes run one
/// after the other; each is durable, then known to every resolver, then
/// answered. At most `limits::changes_waiting_max` are under way; one more is
/// `overloaded`.
class platform_state {
public:
  static inline constexpr const char* name = "platform";

  explicit platform_state(platform_actor::stateful_pointer<platform_state> self)
      : self_(self) {
    // nop
  }

  void start(platform_options options);

  caf::result<answer<unit>> change(const shared<platform_change>& wanted);

  caf::result<answer<unit>> change_origin(const shared<origin_change>& wanted);

  shared<stored_platform_config> stored() const {
    return options_.stored;
  }

  answer<name_list> origins() const {
    return answered(options_.allowed);
  }

  void settle();

private:
  using promise = caf::typed_response_promise<answer<unit>>;

  struct running {
    std::variant<shared<platform_change>, shared<origin_change>> wanted;
    promise to;
    stored_platform_config row = {};
    name_list allowed = {};
    /// The credential that this change removes, or replaces up to a version.
    std::string revoked = {};
    std::string replaced = {};
    uint32_t replaced_up_to = 0;
  };

  caf::result<answer<unit>> enqueue(running change);
  void next();
  void apply(const platform_change& wanted);
  void apply(const origin_change& wanted);
  void apply_rules(const platform_change::policy& rules);
  void apply_price(const platform_change& wanted);
  status apply_table(const platform_change::parameter_entry& entry);
  void change_llm(const platform_change& wanted);
  void have_envelope(const expected<sealed_key>& sealed);
  std::optional<stored_user_config>& slot(platform_change::part which);
  void save(const std::string& actor, std::string subject);
  void saved(const status& done);
  void revoke();
  void publish();
  void drain();
  void finish(answer<unit> what);

  platform_actor::stateful_pointer<platform_state> self_;
  platform_options options_;
  std::deque<running> changes_;
};

platform_actor::behavior_type
platform(platform_actor::stateful_pointer<platform_state> self,
         platform_options options);

} // namespace byollm
