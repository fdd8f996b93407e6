// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "actors/auth_gateway.hpp"
#include "actors/directory.hpp"
#include "actors/platform.hpp"
#include "actors/resolver.hpp"
#include "tests/support/deterministic_system.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/targets.hpp"

#include <caf/event_based_actor.hpp>

#include <map>
#include <memory>
#include <optional>
#include <string>

namespace byollm {

/// Directory, tenants, platform, resolver and gateway over a store in memory
/// that answers at some later step.
class config_world {
public:
  /// How much is kept in memory.
  struct room {
    size_t tenants = limits::tenants_active_max;
    size_t users = limits::users_remembered_per_tenant_max;
  };

  /// With a host's configurations in place of the store's.
  explicit config_world(config_source& host);

  explicit config_world(uint64_t seed = 0);
  config_world(uint64_t seed, room within, config_source* host = nullptr);
  ~config_world();

  // -- the store --------------------------------------------------------------
  std::map<std::string, stored_user_config> rows; ///< By user.
  stored_platform_config platform_row;
  std::map<std::string, name_list> allowed;
  std::map<std::string, ca_bundle_ptr> trusted;
  std::vector<change_record> changes;
  /// What the vault opens no more: credentials, up to which version.
  std::vector<std::pair<std::string, uint32_t>> revoked;
  bool store_fails = false;
  bool writes_fail = false;
  int loads = 0;
  /// How long a key that was replaced stays in use.
  /// What keys are given that go out of use from now on.
  std::chrono::seconds drain{60};

  /// Asks `to` and runs until the reply is there; nothing if it never came.
  template <class Reply, class Handle, class... Args>
  std::optional<Reply> ask(const Handle& to, Args... args) {
    auto slot = std::make_shared<std::optional<Reply>>();
    sys.system().spawn([=](caf::event_based_actor* self) {
      self->request(to, caf::infinite, args...)
        .then([slot](const Reply& reply) { *slot = reply; },
              [](caf::error&) {
                // nop
              });
    });
    sys.drain();
    return *slot;
  }

  user_lookup lookup(const std::string& user = "ada",
                     const std::string& tenant = "acme");

  /// Sets (or with no key, keeps the key of) a user's LLM.
  expected<llm_summary> set_user(const std::string& user,
                                 const std::string& model, key_slip key);

  expected<llm_summary> remove_user(const std::string& user);

  /// As the admin does.
  expected<llm_summary> disable_user(const std::string& user, bool disabled);

  uint64_t awake();

private:
  class memory_store;
  class mirror_vault;
  std::unique_ptr<memory_store> store_;
  std::unique_ptr<mirror_vault> vault_;
  std::unique_ptr<config_source> source_;

public:
  manual_clock clock;
  deterministic_system sys;
  auth_gateway_actor gateway;
  resolver_actor resolver;
  directory_actor directory;
  platform_actor platform;
};

/// A key as the admin accessor makes one.
key_slip make_slip(const std::string& key);

} // namespace byollm
