// SPDX-License-Identifier: Apache-2.0
#include "app/cli/commands.hpp"
#include "app/cli/link.hpp"
#include "app/process/own_memory.hpp"
#include "app/process/stop_signals.hpp"

#include "messages/limits.hpp"

#include <iostream>
#include <memory>
#include <optional>

namespace byollm::cli {

namespace {

struct serve_arguments {
  unsigned loops = 0;
  std::string anchor_file = {};
  std::string anchor_syslog = {};
  std::optional<unsigned> key_drain = {};
};

int serve(const options& opts, const serve_arguments& args) {
  keep_memory_to_ourselves();
  stop_signals stop;
  auto how = runtime_of(opts);
  how.owner_socket = true;
  how.loops = args.loops;
  how.anchor_file = args.anchor_file;
  how.anchor_syslog = args.anchor_syslog;
  if (args.key_drain)
    how.key_drain = std::chrono::seconds{*args.key_drain};
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
  auto args = std::make_shared<serve_arguments>();
  auto sub = app.add_subcommand(
    "serve", "Own the data directory until Ctrl-C; other commands go through");
  sub->add_option("--loops", args->loops, "Loop threads; default one per core");
  sub->add_option("--anchor-file", args->anchor_file,
                  "Append the ledger's checkpoints to this file, too; best on "
                  "another volume");
  sub
    ->add_option("--anchor-syslog", args->anchor_syslog,
                 "Send them to the system log, too: auth or authpriv")
    ->check(CLI::IsMember({"auth", "authpriv"}));
  sub
    ->add_option("--key-drain", args->key_drain,
                 "Seconds that turns under way go on with a key that was "
                 "replaced; default 600, 0 cuts them at once")
    ->check(CLI::Range(0, 86'400));
  sub->callback([&chosen, args] {
    chosen = [args](const options& opts) { return serve(opts, *args); };
  });
}

} // namespace byollm::cli
