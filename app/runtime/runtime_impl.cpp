// SPDX-License-Identifier: Apache-2.0
#include "app/runtime/runtime_impl.hpp"

#include "actors/settings_rules.hpp"
#include "app/access/access_book.hpp"
#include "app/access/login_desk.hpp"
#include "app/loop/loop_scheduler.hpp"
#include "app/process/open_files.hpp"
#include "app/runtime/ids.hpp"
#include "app/runtime/settle.hpp"
#include "messages/calendar.hpp"
#include "messages/forward_clock.hpp"
#include "messages/limits.hpp"
#include "messages/shared_room.hpp"
#include "providers/catalog.hpp"
#include "providers/net/factory.hpp"
#include "providers/net/lookup_desk.hpp"

#include <caf/scheduler/abstract_coordinator.hpp>

#include <algorithm>
#include <atomic>
#include <future>
#include <thread>

namespace byollm {

namespace {

size_t loops_of(const runtime_options& options) {
  auto cores = std::max(1u, std::thread::hardware_concurrency());
  return options.loops == 0 ? cores : options.loops;
}

uint32_t or_default(uint32_t value, uint32_t otherwise) {
  return value == 0 ? otherwise : value;
}

// One line for all loops.
net::own_addresses::failure_fn teller_of(const log_fn& log) {
  auto is_told = std::make_shared<std::atomic<bool>>(false);
  return [log, is_told] {
    if (log && !is_told->exchange(true))
      log(log_level::warning,
          "this machine's own addresses cannot be read: those that are public "
          "are not denied to users' LLMs",
          {});
  };
}

// Of all loops.
net_options net_options_of(const runtime_core& core, size_t loops) {
  const auto& options = core.options;
  net_options made;
  made.lookups = std::make_shared<net::lookup_desk>();
  made.answers = std::make_shared<shared_room>(limits::answers_bytes_max);
  made.gauges = core.gauges;
  made.idle_on_loop_max = idle_connections_of_a_loop(open_files_max(), loops);
  made.connect_timeout = options.connect_timeout.value_or(made.connect_timeout);
  made.first_byte_timeout
    = options.first_byte_timeout.value_or(made.first_byte_timeout);
  made.idle_timeout = options.idle_timeout.value_or(made.idle_timeout);
  made.ca_pem_file = options.ca_pem_file;
  return made;
}

expected<anchor_options> anchors_of(const runtime_options& options) {
  anchor_options made;
  made.file = options.anchor_file;
  const auto& facility = options.anchor_syslog;
  if (facility == "auth")
    made.syslog = syslog_facility::auth;
  else if (facility == "authpriv")
    made.syslog = syslog_facility::authpriv;
  else if (!facility.empty())
    return failure{errc::invalid_config, "the facility is auth or authpriv",
                   "anchor_syslog"};
  return made;
}

// Waits for a store's answer; at start only, on the host's thread.
template <class T, class Ask>
expected<T> wait_for(Ask ask) {
  std::promise<expected<T>> made;
  auto answer = made.get_future();
  ask([&made](expected<T> value) { made.set_value(std::move(value)); });
  return answer.get();
}

// Spawns on a loop's pinned unit: the actor stays on that loop.
template <class Fun, class Options>
auto spawn_pinned(caf::actor_system& system, size_t index, Fun fun,
                  Options options) {
  auto& scheduler = static_cast<loop_scheduler&>(system.scheduler());
  caf::actor_config config{scheduler.pinned(index)};
  using impl = caf::infer_impl_from_fun_t<Fun>;
  caf::detail::init_fun_factory<impl, Fun> factory;
  config.init_fun = factory(std::move(fun), std::move(options));
  return system.spawn_impl<impl, caf::no_spawn_options>(config);
}

// A log that throws would end whatever writes to it.
log_fn unfailing(log_fn to) {
  if (!to)
    return to;
  return [to = std::move(to)](log_level level, std::string_view text,
                              const log_fields& fields) {
    try {
      to(level, text, fields);
    } catch (...) {
      // There is nowhere else to tell it.
    }
  };
}

runtime_options with_unfailing_log(runtime_options options) {
  options.log = unfailing(std::move(options.log));
  return options;
}

} // namespace

runtime::impl::impl(runtime_options options)
    : core(std::make_shared<runtime_core>()),
      pool(loops_of(options), options.log),
      config(pool) {
  core->gate = std::make_shared<admission>(place_rules{
    or_default(options.in_flight_per_tenant, limits::in_flight_per_tenant),
    or_default(options.in_flight_total, limits::in_flight_total)});
  core->pool = &pool;
  core->key_drain = options.key_drain.value_or(limits::key_drain);
  core->options = std::move(options);
}

void runtime::impl::change(const runtime_options& options) {
  core->gate->set_bounds(
    or_default(options.in_flight_per_tenant, limits::in_flight_per_tenant),
    or_default(options.in_flight_total, limits::in_flight_total));
  core->key_drain = options.key_drain.value_or(limits::key_drain);
}

runtime::impl::~impl() {
  static_cast<void>(stop(limits::stop_deadline));
}

expected<std::unique_ptr<runtime::impl>>
runtime::impl::make(runtime_options options) {
  if (options.data_directory.empty())
    return failure{errc::invalid_config, "no data directory was named",
                   "data_directory"};
  if (auto drain = options.key_drain;
      drain && (drain->count() < 0 || *drain > limits::key_drain_max))
    return failure{errc::invalid_config,
                   "calls go on with an old key for 0 s to 24 h", "key_drain"};
  auto made = std::make_unique<impl>(with_unfailing_log(std::move(options)));
  if (auto done = made->open_files(); !done)
    return done.error();
  if (auto done = made->start_actors(); !done)
    return done.error();
  return made;
}

status runtime::impl::open_files() {
  const auto& options = core->options;
  // Before the key ring is read, which another owner may be changing.
  auto owned = own_directory(options.data_directory);
  if (!owned)
    return owned.error();
  auto opened_vault = open_vault(
    {options.data_directory, options.credentials, options.master_key_variable});
  if (!opened_vault)
    return opened_vault.error();
  keys = *std::move(opened_vault);
  auto subkey = keys->audit_subkey();
  if (!subkey)
    return subkey.error();
  auto anchors = anchors_of(options);
  if (!anchors)
    return anchors.error();
  store_options how;
  how.directory = options.data_directory;
  how.sink = options.audit;
  how.anchors = *std::move(anchors);
  how.log = options.log;
  how.owned = *std::move(owned);
  auto opened_store = open_store(std::move(how), *std::move(subkey));
  if (!opened_store)
    return opened_store.error();
  data = *std::move(opened_store);
  if (auto known = open_access(); !known)
    return known;
  own_configs = std::make_unique<stored_configs>(*data);
  providers = make_provider_table();
  return unit{};
}

status runtime::impl::open_access() {
  auto root = keys->audit_subkey();
  if (!root)
    return root.error();
  auto made = access_keys::make(root->bytes());
  if (!made)
    return made.error();
  auto stored
    = wait_for<stored_access>([&](auto done) { data->load_access(done); });
  if (!stored)
    return stored.error();
  core->access = std::make_shared<access_book>(
    *std::move(made),
    access_book_options{data->ledger_id(), unix_ms_now, new_uuid},
    *std::move(stored));
  core->logins = std::make_shared<login_desk>(unix_ms_forward);
  for (const auto& name : core->access->unsealed())
    core->log(log_level::error, "a token was not stored by us and is not used",
              {{"name", name}});
  return unit{};
}

status runtime::impl::start_actors() {
  auto stored = wait_for<stored_platform_config>(
    [&](auto done) { data->load_platform(done); });
  if (!stored)
    return stored.error();
  auto allowed
    = wait_for<name_list>([&](auto done) { data->load_allowed("", done); });
  if (!allowed)
    return allowed.error();
  auto restored = restore_platform(*stored, *allowed);
  if (restored.unusable.code != errc::none)
    core->log(log_level::warning, "an LLM of the platform is left out",
              {{"why", describe(restored.unusable)}});
  lanes.resize(pool.size());
  auto networking = net_options_of(*core, pool.size());
  networking.on_no_interfaces = teller_of(core->options.log);
  for (size_t i = 0; i < pool.size(); ++i) {
    lanes[i].clock = std::make_unique<loop_alarm>(pool.at(i));
    lanes[i].factory
      = make_net_factory(pool.at(i), *lanes[i].clock, *keys, networking);
  }
  system = std::make_unique<caf::actor_system>(config);
  spawn_switchboards();
  spawn_shared();
  for (size_t i = 0; i < pool.size(); ++i)
    spawn_lane(i, restored.config);
  spawn_platform(*stored, *allowed);
  forget_logger();
  std::lock_guard guard{core->mutex};
  core->system = system.get();
  core->directory = directory;
  core->platform = platform;
  core->gateway = gateway;
  core->ledger = ledger;
  core->store = data.get();
  core->vault = keys.get();
  core->providers = providers;
  for (auto& each : lanes) {
    core->desks.push_back(each.desk);
    core->clocks.push_back(each.clock.get());
  }
  return unit{};
}

void runtime::impl::spawn_switchboards() {
  for (size_t i = 0; i < pool.size(); ++i)
    lanes[i].switchboard = spawn_pinned(
      *system, i, switchboard,
      switchboard_options{lanes[i].factory.get(), lanes[i].clock.get(),
                          core->options.log, core->gauges});
}

void runtime::impl::spawn_gateway() {
  const auto& options = core->options;
  auth_gateway_options made{keys.get(), options.log, keys, data.get(),
                            unix_ms_now};
  made.withdrawal.clock = lanes[0].clock.get();
  made.withdrawal.on_clock_loop
    = [this](std::function<void()> task) { pool.post(0, std::move(task)); };
  made.withdrawal.drain = [shared = core] { return shared->key_drain.load(); };
  for (const auto& each : lanes)
    made.withdrawal.switchboards.push_back(each.switchboard);
  gateway = system->spawn(auth_gateway, std::move(made));
}

void runtime::impl::spawn_shared() {
  const auto& options = core->options;
  ledger = system->spawn(
    byollm::ledger,
    ledger_options{data.get(), options.log, options.watch.get(), core->gauges});
  quota = system->spawn(byollm::quota,
                        quota_options{data.get(), unix_ms_now, options.log});
  spawn_gateway();
  auto parts = std::make_shared<tenant_parts>();
  parts->host_keeps_configs = options.configs != nullptr;
  parts->source = options.configs ? options.configs.get() : own_configs.get();
  parts->store = data.get();
  parts->gateway = gateway;
  parts->providers = providers;
  parts->new_id = new_uuid;
  parts->unix_ms = unix_ms_now;
  parts->log = options.log;
  directory = system->spawn(
    byollm::directory,
    directory_options{
      parts, lanes[0].clock.get(),
      [this](std::function<void()> task) { pool.post(0, std::move(task)); },
      options.tenant_idle.value_or(limits::tenant_idle)});
}

void runtime::impl::spawn_lane(size_t index,
                               const shared<platform_config>& restored) {
  const auto& options = core->options;
  auto& made = lanes[index];
  made.resolver
    = spawn_pinned(*system, index, resolver,
                   resolver_options{restored, providers, options.log});
  auto parts = std::make_shared<turn_parts>();
  parts->directory = directory;
  parts->resolver = made.resolver;
  parts->gateway = gateway;
  parts->ledger = ledger;
  parts->quota = quota;
  parts->switchboard = made.switchboard;
  parts->clock = made.clock.get();
  parts->balances = options.balances.get();
  parts->retries = &core->retries;
  parts->random = jitter;
  parts->log = options.log;
  parts->watch = options.watch.get();
  made.desk = spawn_pinned(*system, index, turn_desk,
                           turn_desk_options{std::move(parts)});
}

void runtime::impl::spawn_platform(const stored_platform_config& stored,
                                   const name_list& allowed) {
  platform_options options;
  options.stored = std::make_shared<const stored_platform_config>(stored);
  options.allowed = allowed;
  options.store = data.get();
  options.gateway = gateway;
  for (const auto& each : lanes)
    options.resolvers.push_back(each.resolver);
  options.providers = providers;
  options.new_id = new_uuid;
  options.unix_ms = unix_ms_now;
  options.log = core->options.log;
  platform = system->spawn(byollm::platform, std::move(options));
}

status runtime::impl::start_owner() {
  if (!core->options.owner_socket)
    return unit{};
  face.reset(new runtime{std::shared_ptr<impl>{std::shared_ptr<void>{}, this}});
  auto served
    = start_owner_server(pool.at(0), core->options.data_directory, *face);
  if (!served)
    return served.error();
  owner = *std::move(served);
  return unit{};
}

} // namespace byollm
