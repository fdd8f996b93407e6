// SPDX-License-Identifier: Apache-2.0
#include "app/cli/commands.hpp"
#include "app/cli/link.hpp"
#include "app/cli/stop_signals.hpp"

#include "messages/limits.hpp"

#include <iostream>
#include <memory>

namespace byollm::cli {

namespace {

int serve(const options& opts, unsigned loops) {
  stop_signals stop;
  auto how = runtime_of(opts);
  how.owner_socket = true;
  how.loops = loops;
  auto started = runtime::start(std::move(how));
  if (!started)
    return report(opts, started.error());
  std::cout << "serving " << opts.data_directory.string()
            << "; stop with Ctrl-C\n"
            << std::flush;
  stop.wait();
  std::cout << "stopping; running calls may end first\n" << std::flush;
  auto stopped = (*started)->stop(limits::stop_deadline);
  if (!stopped)
    return report(opts, stopped.error());
  if (!*stopped)
    std::cerr << "byollm: some calls had to be cut; the ledger has them\n";
  return exit_ok;
}

} // namespace

void add_serve(CLI::App& app, chosen_command& chosen) {
  auto loops = std::make_shared<unsigned>(0);
  auto sub = app.add_subcommand(
    "serve", "Own the data directory until Ctrl-C; other commands go through");
  sub->add_option("--loops", *loops, "Loop threads; default one per core");
  sub->callback([&chosen, loops] {
    chosen = [loops](const options& opts) { return serve(opts, *loops); };
  });
}

} // namespace byollm::cli
