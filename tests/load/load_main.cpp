// SPDX-License-Identifier: Apache-2.0
// byollm-load: runs a scenario's chat turns on the real and on the
// deterministic scheduler, beside a stock and a lean client in the same run.
// Prints figures; fails only if a turn or the ledger went wrong.
#include "tests/load/must.hpp"
#include "tests/load/placement.hpp"
#include "tests/load/report.hpp"
#include "tests/load/upstream.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <cstdlib>

#include <sys/resource.h>

namespace {

using namespace byollm;
using namespace byollm::load;

struct arguments {
  std::string scenario_file = {};
  std::string mode = "both";
  std::string standin = {};
  std::string base_directory = {};
  bool rivals = false;
  bool no_pinning = false;
  size_t repeat = 1;
  std::optional<uint64_t> seed = {};
  std::optional<size_t> loops = {};
  std::optional<size_t> concurrency = {};
  std::optional<size_t> turns = {};
};

void declare(CLI::App& app, arguments& into) {
  app.add_option("--scenario", into.scenario_file, "The scenario's file")
    ->required();
  app.add_option("--mode", into.mode, "On which scheduler (default both)")
    ->check(CLI::IsMember({"real", "virtual", "both"}));
  app.add_option("--standin", into.standin, "The byollm-standin to start");
  app.add_option("--base-directory", into.base_directory,
                 "Where the ledger's directory is made; on a disk, or on a "
                 "memory file system to see what durability costs");
  app.add_flag("--rivals", into.rivals, "Run the stock and the lean client");
  app.add_flag("--no-pinning", into.no_pinning, "Let threads run anywhere");
  app.add_option("--repeat", into.repeat, "Repetitions; medians are printed");
  app.add_option("--seed", into.seed, "Instead of the scenario's");
  app.add_option("--loops", into.loops, "Instead of the scenario's");
  app.add_option("--concurrency", into.concurrency,
                 "Instead of the scenario's");
  app.add_option("--turns", into.turns, "Instead of the scenario's");
}

// A thousand streams are two thousand sockets.
void raise_descriptor_limit() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

rival_order order_of(const scenario& load, uint16_t port, size_t concurrency) {
  rival_order result;
  result.port = port;
  result.loops = std::min(load.loops, concurrency);
  result.concurrency = concurrency;
  result.calls = load.turns;
  result.warmup_calls = load.warmup_turns;
  result.message_bytes = load.request.message_bytes;
  return result;
}

void run_rivals(const scenario& load, uint16_t port, table& into) {
  auto alone = order_of(load, port, 1);
  alone.calls = std::min<size_t>(load.turns, 2'000);
  into.add("bare c=1", figures_of(must(run_stock(alone))));
  auto order = order_of(load, port, load.concurrency);
  into.add("stock", figures_of(must(run_stock(order))));
  into.add("lean", figures_of(must(run_lean(order))));
}

void print_summary(const table& results) {
  results.print();
  results.print_ratio("turn", "stock");
  results.print_ratio("turn", "lean");
  auto bare = results.medians("bare c=1");
  auto turn = results.medians("turn");
  if (bare.per_second > 0)
    std::printf("  added over bare c=1: p50 %.0f us, p99 %.0f us\n",
                turn.p50_us - bare.p50_us, turn.p99_us - bare.p50_us);
}

void run_on_loops(const scenario& load, const arguments& args) {
  auto where = place(load.loops, args.no_pinning);
  auto other = must(upstream::start(args.standin, load.standin, where.others));
  pin(where.ours);
  std::printf("%s: %zu at once on %zu loop%s%s\n", load.name.c_str(),
              load.concurrency, load.loops, load.loops == 1 ? "" : "s",
              where.ours.empty() ? ", not pinned: the stand-in shares the cores"
                                 : ", pinned apart from the stand-in");
  table results;
  run_result last;
  for (size_t i = 0; i < args.repeat; ++i) {
    if (args.rivals)
      run_rivals(load, other->port(), results);
    auto one = must(run_real(load, {args.base_directory, other->url()}));
    must(judge(load, one));
    results.add("turn", figures_of(one));
    // Only the first meets a process that has not grown yet.
    if (i > 0) {
      one.resident_before = last.resident_before;
      one.resident_most = last.resident_most;
    }
    last = std::move(one);
  }
  print_summary(results);
  print_details(load, last);
}

void run_deterministic(const scenario& load) {
  auto first = must(run_virtual(load));
  must(judge(load, first));
  auto second = must(run_virtual(load));
  if (first.trace != second.trace)
    must(status{failure{errc::unavailable, "the same seed took another way"}});
  auto row = figures_of(first);
  std::printf("%s: deterministic, seed %llu, trace %016llx (twice)\n",
              load.name.c_str(), static_cast<unsigned long long>(load.seed),
              static_cast<unsigned long long>(first.trace));
  std::printf("  virtual   %.1f s, p50 %.1f ms, p99 %.1f ms\n", first.seconds,
              row.p50_us / 1e3, row.p99_us / 1e3);
  print_details(load, first);
}

void run(const arguments& args) {
  auto load = must(read_scenario(args.scenario_file));
  load.seed = args.seed.value_or(load.seed);
  load.loops = args.loops.value_or(load.loops);
  load.concurrency = args.concurrency.value_or(load.concurrency);
  load.turns = args.turns.value_or(load.turns);
  raise_descriptor_limit();
  if (args.mode != "real")
    run_deterministic(load);
  if (args.mode != "virtual")
    run_on_loops(load, args);
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app{"Puts a scenario's load on the runtime and its rivals.",
               "byollm-load"};
  arguments args;
  declare(app, args);
  CLI11_PARSE(app, argc, argv);
  namespace fs = std::filesystem;
  std::error_code ec;
  if (args.standin.empty())
    args.standin = fs::read_symlink("/proc/self/exe", ec).parent_path()
                   / "../../app/standin/byollm-standin";
  if (args.base_directory.empty())
    args.base_directory = fs::temp_directory_path();
  run(args);
  return EXIT_SUCCESS;
}
