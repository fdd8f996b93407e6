// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "actors/auth_gateway.hpp"
#include "actors/directory.hpp"
#include "actors/ledger.hpp"
#include "actors/platform.hpp"
#include "actors/quota.hpp"
#include "actors/resolver.hpp"
#include "actors/switchboard.hpp"
#include "actors/turn_desk.hpp"
#include "app/loop/loop_pool.hpp"
#include "app/loop/system_config.hpp"
#include "app/owner/server.hpp"
#include "app/runtime/core.hpp"
#include "app/runtime/stored_configs.hpp"
#include "app/store/store.hpp"
#include "app/vault/vault.hpp"
#include "providers/net/loop_alarm.hpp"

#include <caf/actor_system.hpp>

#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace byollm {

/// The composition root: makes every part and knows the order in which they
/// start and stop. Members are in order of construction; each uses those above
/// it.
struct runtime::impl {
  /// One loop's own parts; what they own stays on that loop.
  struct lane {
    std::unique_ptr<loop_alarm> clock;
    std::unique_ptr<provider_factory> factory;
    resolver_actor resolver;
    switchboard_actor switchboard;
    turn_desk_actor desk;
  };

  static expected<std::unique_ptr<impl>> make(runtime_options options);

  /// Ends `what` in the thread that calls; on a runtime's own, where nobody may
  /// wait, elsewhere.
  static void end(impl* what) noexcept;

  explicit impl(runtime_options options);
  ~impl();

  status open_files();
  status open_access();
  status start_actors();
  status start_owner();
  void spawn_switchboards();
  void spawn_gateway();
  void spawn_shared();
  void spawn_platform(const stored_platform_config& stored,
                      const name_list& allowed);
  void spawn_lane(size_t index, const shared<platform_config>& platform);

  void change(const runtime_options& options);
  expected<bool> stop(std::chrono::milliseconds deadline);
  void cut_drains();
  void cut_links();
  void end_actors();
  void empty_lanes();

  core_ptr core;
  /// What the owner's socket serves: the host's own may go before this.
  std::unique_ptr<runtime> face;
  /// Shared with what the store still has to do with it.
  std::shared_ptr<vault> keys;
  std::unique_ptr<store> data;
  std::unique_ptr<config_source> own_configs;
  provider_table_ptr providers;
  loop_pool pool;
  std::vector<lane> lanes;
  system_config config;
  std::unique_ptr<caf::actor_system> system;
  ledger_actor ledger;
  auth_gateway_actor gateway;
  quota_actor quota;
  directory_actor directory;
  platform_actor platform;
  std::unique_ptr<owner_server> owner;
  std::recursive_mutex stopping;
  /// What `stop` returned.
  std::optional<bool> stopped;
};

} // namespace byollm
