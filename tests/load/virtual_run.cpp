// SPDX-License-Identifier: Apache-2.0
#include "actors/auth_gateway.hpp"
#include "actors/directory.hpp"
#include "actors/ledger.hpp"
#include "actors/resolver.hpp"
#include "actors/switchboard.hpp"
#include "actors/turn_desk.hpp"
#include "app/runtime/retry_office.hpp"
#include "providers/catalog.hpp"
#include "tests/load/driver.hpp"
#include "tests/load/run.hpp"
#include "tests/load/virtual_world.hpp"
#include "tests/support/deterministic_system.hpp"

namespace byollm::load {

namespace {

// Far above what any scenario needs between two moments of virtual time.
constexpr size_t steps_max = 10'000'000;

shared<platform_config> platform_of(const scenario& load) {
  auto made = std::make_shared<platform_config>();
  made->llm = virtual_world::platform();
  for (const auto& purpose : load.request.purposes)
    made->per_purpose[purpose.name].temperature = 0.4;
  return made;
}

/// The runtime's actors, composed as `app/runtime` does, on the deterministic
/// scheduler.
class virtual_runtime {
public:
  virtual_runtime(const scenario& load, virtual_world& world)
      : world_(world), actors_(load.seed), providers_(make_provider_table()) {
    auto& system = actors_.system();
    ledger_ = adopt(system.spawn(ledger, ledger_options{&world, {}}));
    gateway_
      = adopt(system.spawn(auth_gateway, auth_gateway_options{&world, {}}));
    spawn_directory();
    auto platform = platform_of(load);
    for (size_t i = 0; i < load.loops; ++i)
      spawn_lane(platform);
  }

  deterministic_system& actors() {
    return actors_;
  }

  const turn_desk_actor& desk(size_t loop) const {
    return desks_[loop];
  }

private:
  template <class Handle>
  Handle adopt(Handle made) {
    return actors_.adopt(std::move(made));
  }

  void spawn_directory() {
    auto parts = std::make_shared<tenant_parts>();
    parts->source = &world_;
    parts->gateway = gateway_;
    parts->providers = providers_;
    parts->new_id = [this] { return world_.new_id(); };
    parts->unix_ms = [this] { return world_.clock.unix_ms(); };
    directory_ = adopt(actors_.system().spawn(
      directory,
      directory_options{parts, &world_.clock,
                        [](std::function<void()> task) { task(); }}));
  }

  void spawn_lane(const shared<platform_config>& platform) {
    auto& system = actors_.system();
    auto parts = std::make_shared<turn_parts>();
    parts->directory = directory_;
    parts->resolver = adopt(
      system.spawn(resolver, resolver_options{platform, providers_, {}}));
    parts->gateway = gateway_;
    parts->ledger = ledger_;
    parts->switchboard = adopt(system.spawn(
      switchboard, switchboard_options{&world_, &world_.clock, {}}));
    parts->clock = &world_.clock;
    parts->random = [this] { return world_.jitter(); };
    parts->retries = &retries_;
    desks_.push_back(
      adopt(system.spawn(turn_desk, turn_desk_options{std::move(parts)})));
  }

  virtual_world& world_;
  retry_office retries_;
  deterministic_system actors_;
  provider_table_ptr providers_;
  ledger_actor ledger_;
  auth_gateway_actor gateway_;
  directory_actor directory_;
  std::vector<turn_desk_actor> desks_;
};

void hire(const scenario& load, const std::vector<user>& users,
          virtual_world& world, virtual_runtime& runtime, scoreboard& board,
          std::vector<driver_log>& logs) {
  // Twice: near the last place tenants are held to their shares.
  auto most = static_cast<uint32_t>(load.concurrency * 2);
  auto gate = std::make_shared<admission>(place_rules{most, most});
  for (size_t i = 0; i < load.concurrency; ++i) {
    auto parts = std::make_shared<const driver_parts>(
      driver_parts{&load, &board, runtime.desk(i % load.loops), &world.clock,
                   gate, [&world] { return world.new_id(); }, false});
    driver_options options{std::move(parts), i, {}, &logs[i]};
    for (size_t at = i; at < users.size(); at += load.concurrency)
      options.users.push_back(users[at]);
    auto made = runtime.actors().system().spawn(driver, std::move(options));
    caf::anon_send(made, atom::run_v);
  }
}

} // namespace

expected<run_result> run_virtual(const scenario& load) {
  auto users = make_users(load);
  virtual_world world{load, users};
  auto began = world.clock.now();
  run_result result;
  std::vector<driver_log> logs(load.concurrency);
  bool all_ended = false;
  alarm_clock::time_point ended = began;
  scoreboard board{load.warmup_turns, load.turns, [&] {
                     all_ended = true;
                     ended = world.clock.now();
                   }};
  {
    virtual_runtime runtime{load, world};
    hire(load, users, world, runtime, board, logs);
    do
      runtime.actors().drain(steps_max);
    while (!all_ended && world.clock.ring_next());
    // Drivers that think find that nothing is left to do; outcomes of cancelled
    // calls become durable.
    auto last_due
      = world.clock.now() + load.think_time + std::chrono::seconds{1};
    while (world.clock.now() < last_due && world.clock.ring_next())
      runtime.actors().drain(steps_max);
  }
  if (!all_ended)
    return failure{errc::unavailable, "the system came to rest after "
                                        + std::to_string(board.ended())
                                        + " turns"};
  std::chrono::duration<double> took = ended - began;
  result.seconds = took.count();
  for (auto& each : logs)
    result.log.add(std::move(each));
  result.ledger = world.ledger;
  result.ledger_intact = true;
  result.trace = world.trace();
  return result;
}

} // namespace byollm::load
