// SPDX-License-Identifier: Apache-2.0
// byollm-boundary: takes the same chat turns in a runtime of its own and
// through byollmd and its workers, by turns, and prints what the boundary
// costs. Fails only if a call was not answered or is not in the ledger.
#include "messages/limits.hpp"
#include "tests/load/boundary.hpp"
#include "tests/load/far_side.hpp"
#include "tests/load/ledger_reading.hpp"
#include "tests/load/placement.hpp"
#include "tests/load/report.hpp"
#include "tests/load/scratch.hpp"
#include "tests/load/setup.hpp"
#include "tests/load/upstream.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <cstdlib>
#include <map>

namespace {

using namespace byollm;
using namespace byollm::load;
namespace fs = std::filesystem;

struct arguments {
  std::string scenario_file = {};
  far_programs programs = {};
  std::string standin = {};
  std::string base_directory = fs::temp_directory_path();
  size_t python_workers = 0;
  bool no_pinning = false;
  bool check = false;
  size_t repeat = 3;
  std::optional<size_t> concurrency = {};
  std::optional<size_t> turns = {};
  std::optional<size_t> calls_per_turn = {};
  std::optional<int64_t> think_time_us = {};
};

void declare(CLI::App& app, arguments& into) {
  app.add_option("--scenario", into.scenario_file, "The scenario's file")
    ->required();
  app.add_option("--standin", into.standin, "The byollm-standin to start");
  app.add_option("--byollmd", into.programs.byollmd, "The byollmd to start");
  app.add_option("--worker", into.programs.worker, "The byollm-thin-worker");
  app.add_option("--python", into.programs.python,
                 "Python with the package in its path, for --python-workers");
  app.add_option("--python-extension", into.programs.python_extension,
                 "What those workers run");
  app.add_option("--python-workers", into.python_workers,
                 "Measure so many workers by the Python package, too");
  app.add_option("--base-directory", into.base_directory,
                 "Where the ledgers' directories are made");
  app.add_flag("--no-pinning", into.no_pinning, "Let threads run anywhere");
  app.add_flag("--check", into.check,
               "Few turns: only whether each call is answered and recorded; "
               "more of them with BYOLLM_LONG=1");
  app.add_option("--repeat", into.repeat, "Repetitions; medians are printed");
  app.add_option("--concurrency", into.concurrency,
                 "Instead of the scenario's");
  app.add_option("--turns", into.turns, "Instead of the scenario's");
  app.add_option("--calls-per-turn", into.calls_per_turn,
                 "Instead of the scenario's");
  app.add_option("--think-time-us", into.think_time_us,
                 "Instead of the scenario's");
}

// As they lie in a build tree.
void find_programs(arguments& into) {
  std::error_code ignored;
  auto here = fs::read_symlink("/proc/self/exe", ignored).parent_path();
  auto find = [&](std::string& program, const char* place) {
    if (program.empty())
      program = here / place;
  };
  find(into.standin, "../../app/standin/byollm-standin");
  find(into.programs.byollmd, "../../app/daemon/byollmd");
  find(into.programs.worker, "byollm-thin-worker");
}

expected<scenario> read_load(const arguments& args) {
  auto load = read_scenario(args.scenario_file);
  if (!load)
    return load;
  load->concurrency = args.concurrency.value_or(load->concurrency);
  load->turns = args.turns.value_or(load->turns);
  load->calls_per_turn = args.calls_per_turn.value_or(load->calls_per_turn);
  if (args.think_time_us)
    load->think_time = std::chrono::microseconds{*args.think_time_us};
  if (args.check) {
    load->turns = std::getenv("BYOLLM_LONG") ? 5'000 : 300;
    load->warmup_turns = 0;
  }
  return load;
}

// -- what is printed ----------------------------------------------------------

figures figures_of(double per_second, double cpu_us,
                   std::vector<uint32_t>& samples) {
  return {per_second, cpu_us, percentile(samples, 0.50) / 1e3,
          percentile(samples, 0.99) / 1e3};
}

/// Collects every repetition of every way.
class comparison {
public:
  void add(const std::string& way, stretch one) {
    auto turns = static_cast<double>(one.turns_ns.size());
    auto calls = static_cast<double>(one.calls);
    turns_.add(
      way, figures_of(turns / one.seconds, one.cpu_us / turns, one.turns_ns));
    calls_.add(
      way, figures_of(calls / one.seconds, one.cpu_us / calls, one.calls_ns));
    if (one.workers_cpu_us > 0)
      beside_[way].push_back(
        {one.workers_cpu_us / calls, one.host_cpu_us / calls});
  }

  void print() const {
    std::printf(" a turn\n");
    turns_.print();
    std::printf(" a call, with its part of the turn\n");
    calls_.print();
    for (const auto& [way, costs] : beside_) {
      std::vector<double> workers;
      std::vector<double> host;
      for (const auto& [of_workers, of_host] : costs) {
        workers.push_back(of_workers);
        host.push_back(of_host);
      }
      std::printf("  beside byollmd, CPU us a call: workers (%s) %.1f, host "
                  "%.1f\n",
                  way.c_str(), median(workers), median(host));
      calls_.print_ratio(way, "here");
    }
  }

private:
  table turns_;
  table calls_;
  std::map<std::string, std::vector<std::pair<double, double>>> beside_;
};

// -- the run ------------------------------------------------------------------

/// Both ways' ends, ready to take turns.
struct stage {
  std::vector<user> users = {};
  std::unique_ptr<runtime> here = {};
  std::unique_ptr<daemon_site> there = {};
  size_t calls_here = 0;
  size_t calls_there = 0;
};

turn_shape shape_of(const scenario& load, size_t turns) {
  return {load.concurrency, turns, load.calls_per_turn,
          load.request.message_bytes, load.think_time};
}

runtime_options options_of(const scenario& load, const fs::path& directory) {
  runtime_options result;
  result.data_directory = directory;
  result.loops = static_cast<unsigned>(load.loops);
  return result;
}

status set_up(stage& at, const scenario& load, const arguments& args,
              const fs::path& root, const std::string& url) {
  at.users = make_users(load);
  auto where = place(load.loops, args.no_pinning);
  pin(where.ours);
  auto here = runtime::start(options_of(load, root / "here"));
  if (!here)
    return here.error();
  at.here = *std::move(here);
  if (auto ok = configure(*at.here, load, at.users, url); !ok)
    return ok;
  auto there = daemon_site::start(
    args.programs, options_of(load, root / "there"), where,
    [&](const runtime& rt) { return configure(rt, load, at.users, url); });
  if (!there)
    return there.error();
  at.there = *std::move(there);
  if (auto ok = at.there->add_thin_workers(load.workers); !ok)
    return ok;
  return at.there->add_python_workers(args.python_workers);
}

status take_turns(stage& at, const turn_shape& shape, comparison* into) {
  auto here = run_here(*at.here, at.users, shape);
  if (!here)
    return here.error();
  at.calls_here += here->calls;
  if (into)
    into->add("here", *std::move(here));
  for (const auto& way : at.there->ways()) {
    auto there = run_there(way, at.users, shape);
    if (!there)
      return there.error();
    at.calls_there += there->calls;
    if (into)
      into->add(way.extension, *std::move(there));
  }
  return unit{};
}

status judge(stage& at, const scenario& load, const fs::path& root) {
  if (auto stopped = at.here->stop(limits::stop_deadline); !stopped)
    return stopped.error();
  if (auto stopped = at.there->stop(); !stopped)
    return stopped;
  for (auto [name, calls] :
       {std::pair{"here", at.calls_here}, std::pair{"there", at.calls_there}}) {
    auto ledger = read_ledger(options_of(load, root / name));
    if (!ledger)
      return ledger.error();
    if (auto good = judge_all_answered(*ledger, calls); !good)
      return good;
    std::printf("  ledger %-6s verified, %zu calls, each answered\n", name,
                calls);
  }
  return unit{};
}

status run(const arguments& args) {
  auto load = read_load(args);
  if (!load)
    return load.error();
  auto where = place(load->loops, args.no_pinning);
  auto other = upstream::start(args.standin, load->standin, where.others);
  if (!other)
    return other.error();
  scratch root{args.base_directory};
  stage at;
  if (auto ok = set_up(at, *load, args, root.path(), (*other)->url()); !ok)
    return ok;
  std::printf("%s: %zu workers, %zu turns at once, %zu call(s) each, %zu "
              "loop(s)%s\n",
              load->name.c_str(), load->workers, load->concurrency,
              load->calls_per_turn, load->loops,
              where.ours.empty() ? ", not pinned" : ", pinned apart");
  if (load->warmup_turns > 0)
    if (auto ok = take_turns(at, shape_of(*load, load->warmup_turns), nullptr);
        !ok)
      return ok;
  comparison results;
  for (size_t i = 0; i < args.repeat; ++i)
    if (auto ok = take_turns(at, shape_of(*load, load->turns), &results); !ok)
      return ok;
  results.print();
  return judge(at, *load, root.path());
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app{"Measures what the boundary between processes costs.",
               "byollm-boundary"};
  arguments args;
  declare(app, args);
  CLI11_PARSE(app, argc, argv);
  find_programs(args);
  auto done = run(args);
  if (done)
    return EXIT_SUCCESS;
  std::fprintf(stderr, "byollm-boundary: %s\n", describe(done.error()).c_str());
  return EXIT_FAILURE;
}
