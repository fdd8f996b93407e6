// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "actors/actor.hpp"
#include "actors/remembered_users.hpp"
#include "messages/limits.hpp"
#include "messages/ports/host.hpp"
#include "messages/ports/log.hpp"
#include "messages/ports/store.hpp"

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace byollm {

/// What tenants share; ports outlive the actors.
struct tenant_parts {
  config_source* source = nullptr; ///< The host's, or ours over `store`.
  /// Whether `source` is the host's: then nothing is cached, since it changes
  /// behind our back, and changes through us are refused.
  bool host_keeps_configs = false;
  config_store* store = nullptr;
  auth_gateway_actor gateway;
  provider_table_ptr providers;
  std::function<std::string()> new_id; ///< Makes key ids.
  std::function<int64_t()> unix_ms;
  log_fn log = {};
  size_t users_remembered_max = limits::users_remembered_per_tenant_max;
};

struct tenant_options {
  std::string tenant;
  std::shared_ptr<const tenant_parts> parts;
};

/// One tenant's users and their configurations (no plaintext key). A change is
/// durable before it is visible and visible before it is answered; changes of
/// one tenant run one after the other. Of users' LLMs and of the rules at most
/// `limits::changes_waiting_max` each are under way, and of what shows them;
/// one more is `overloaded`.
class tenant_state {
public:
  static inline constexpr const char* name = "tenant";

  explicit tenant_state(tenant_actor::stateful_pointer<tenant_state> self)
      : self_(self) {
    // nop
  }

  void start(tenant_options options);

  caf::result<shared<user_lookup>> lookup(const shared<call_context>& context);

  caf::result<answer<llm_summary>> change(const shared<user_change>& wanted);

  caf::result<answer<llm_summary>> show(const shared<user_change>& whose);

  caf::result<answer<unit>> change_origin(const shared<origin_change>& wanted);

  caf::result<answer<name_list>> origins();

  caf::result<answer<unit>> change_trust(const shared<trust_change>& wanted);

  /// Returns how many requests wait for the store.
  uint64_t open_requests() const noexcept {
    return waiting_.size() + changes_.size() + others_open_;
  }

  /// Answers everybody who waits.
  void settle();

private:
  using lookup_promise = caf::typed_response_promise<shared<user_lookup>>;
  using change_promise = caf::typed_response_promise<answer<llm_summary>>;
  using unit_promise = caf::typed_response_promise<answer<unit>>;

  struct running_change {
    shared<user_change> wanted;
    change_promise to;
    tenant_rules rules = {};
    uint64_t rules_version = 0;
    stored_user_config row = {};
    /// What is there then, if the user's own LLM goes.
    std::optional<stored_user_config> left = {};
    bool removes = false;
    /// The key that the user had; no id: none.
    std::string old_key_id = {};
    uint32_t old_key_version = 0;
  };

  // -- look-ups ---------------------------------------------------------------
  void look_up(const user_id& user);
  void found(const user_id& of, const shared<user_lookup>& what,
             uint64_t since);
  void forget_targets();
  template <class... What>
  void withdraw(What... what);

  bool may_show() const noexcept;

  // -- changes of the rules ---------------------------------------------------
  using rules_change = std::function<void(status)>;

  unit_promise change_rules(std::function<void(rules_change)> begin);
  void save_origins(const origin_change& wanted, name_list list,
                    const rules_change& end);
  void save_trust(const trust_change& wanted, const tenant_rules& now,
                  const rules_change& end);

  // -- changes, in the order of their steps -----------------------------------
  void next_change();
  void have_rules(expected<tenant_rules> rules);
  void have_row(expected<std::optional<stored_user_config>> old);
  void switch_for_admin(const stored_user_config& old, bool disabled);
  void remove(const stored_user_config& old);
  void have_envelope(const expected<sealed_key>& sealed);
  void save();
  void saved(const status& done);
  void finish(answer<llm_summary> what);
  change_record record(const char* subject, std::string summary) const;
  void remember_change();

  tenant_actor handle() const {
    return tenant_actor{self_};
  }

  tenant_actor::stateful_pointer<tenant_state> self_;
  tenant_options options_;
  remembered_users remembered_{0};
  std::unordered_map<std::string, std::vector<lookup_promise>> waiting_;
  std::deque<running_change> changes_;
  std::deque<std::function<void()>> rules_changes_;
  /// Grows with each change that a look-up under way may not have seen.
  uint64_t generation_ = 0;
  uint64_t others_open_ = 0;
  /// Grows when allowed origins or certificates change.
  uint64_t rules_version_ = 0;
};

tenant_actor::behavior_type
tenant(tenant_actor::stateful_pointer<tenant_state> self,
       tenant_options options);

} // namespace byollm
