// SPDX-License-Identifier: Apache-2.0
#include "app/runtime/ids.hpp"
#include "app/runtime/internals.hpp"
#include "tests/load/driver.hpp"
#include "tests/load/ledger_reading.hpp"
#include "tests/load/run.hpp"
#include "tests/load/scratch.hpp"
#include "tests/load/setup.hpp"
#include "tests/load/spawn_pinned.hpp"

#include <future>

namespace byollm::load {

namespace {

using namespace std::chrono_literals;

// No turn takes so long; without a turn's end for this time the run hangs.
constexpr auto hang = 60s;
constexpr auto sampling = 50ms;

/// The run's drivers, spread over the loops. Outlives the runtime.
class crew {
public:
  void hire(const runtime_internals& inside, const scenario& load,
            const std::vector<user>& users, scoreboard& board) {
    logs_.resize(load.concurrency);
    for (size_t i = 0; i < inside.loops(); ++i)
      parts_.push_back(std::make_shared<const driver_parts>(
        driver_parts{&load, &board, inside.desk(i), &inside.clock(i),
                     inside.gate(), new_uuid, load.standin.canned}));
    for (size_t i = 0; i < load.concurrency; ++i)
      hire_one(inside, load, users, i);
  }

  void begin() {
    for (auto& each : drivers_)
      caf::anon_send(each, atom::run_v);
  }

  /// No handle may outlive the runtime's actors, and no driver may keep it.
  void dismiss() {
    for (auto& each : std::exchange(drivers_, {}))
      caf::anon_send_exit(each, caf::exit_reason::user_shutdown);
    parts_.clear();
  }

  driver_log collect() {
    driver_log all;
    for (auto& each : logs_)
      all.add(std::move(each));
    return all;
  }

private:
  void hire_one(const runtime_internals& inside, const scenario& load,
                const std::vector<user>& users, size_t number) {
    auto loop = number % inside.loops();
    driver_options options{parts_[loop], number, {}, &logs_[number]};
    for (size_t i = number; i < users.size(); i += load.concurrency)
      options.users.push_back(users[i]);
    logs_[number].latencies_ns.reserve(2 * load.turns / load.concurrency + 64);
    drivers_.push_back(
      spawn_pinned(inside.system(), loop, driver, std::move(options)));
  }

  std::vector<std::shared_ptr<const driver_parts>> parts_;
  std::vector<driver_log> logs_;
  std::vector<driver_actor> drivers_;
};

runtime_options options_of(const scenario& load,
                           const std::filesystem::path& directory) {
  runtime_options result;
  result.data_directory = directory;
  result.loops = static_cast<unsigned>(load.loops);
  // Twice: near the last place tenants are held to their shares.
  result.in_flight_per_tenant = static_cast<uint32_t>(load.concurrency * 2);
  result.in_flight_total = static_cast<uint32_t>(load.concurrency * 2);
  return result;
}

// Waits for the last turn and watches the memory meanwhile.
status wait(std::future<void>& last, const scoreboard& board,
            run_result& into) {
  auto progress = std::chrono::steady_clock::now();
  size_t seen = 0;
  while (last.wait_for(sampling) != std::future_status::ready) {
    into.resident_most = std::max(into.resident_most, resident_bytes());
    auto now = std::chrono::steady_clock::now();
    if (auto ended = board.ended(); std::exchange(seen, ended) != ended)
      progress = now;
    if (now - progress > hang)
      return failure{errc::unavailable,
                     "no turn ends any more; " + std::to_string(seen) + " did"};
  }
  into.resident_most = std::max(into.resident_most, resident_bytes());
  return unit{};
}

status drive(const scenario& load, const std::vector<user>& users,
             const runtime& rt, crew& drivers, run_result& into) {
  std::promise<void> ended;
  auto last = ended.get_future();
  scoreboard board{load.warmup_turns, load.turns, [&] { ended.set_value(); }};
  into.resident_before = resident_bytes();
  drivers.hire(runtime_internals{rt}, load, users, board);
  drivers.begin();
  auto waited = wait(last, board, into);
  drivers.dismiss();
  if (!waited)
    return waited;
  auto measured = board.measured();
  into.seconds = measured.seconds;
  into.cpu_us = measured.cpu_us;
  return unit{};
}

} // namespace

expected<run_result> run_real(const scenario& load,
                              const real_options& options) {
  scratch directory{options.base_directory};
  auto users = make_users(load);
  run_result result;
  crew drivers;
  auto started = runtime::start(options_of(load, directory.path()));
  if (!started)
    return started.error();
  auto& rt = **started;
  if (auto ok = configure(rt, load, users, options.standin_url); !ok)
    return ok.error();
  if (auto ok = drive(load, users, rt, drivers, result); !ok)
    return ok.error();
  if (auto stopped = rt.stop(limits::stop_deadline); !stopped)
    return stopped.error();
  auto ledger = read_ledger(options_of(load, directory.path()));
  if (!ledger)
    return ledger.error();
  result.ledger = std::move(ledger->rows);
  result.ledger_intact = ledger->is_intact;
  result.ledger_problem = std::move(ledger->problem);
  result.log = drivers.collect();
  return result;
}

} // namespace byollm::load
