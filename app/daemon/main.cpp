// SPDX-License-Identifier: Apache-2.0
// byollmd: serves one data directory to other processes.
#include "app/daemon/daemon.hpp"
#include "app/process/open_files.hpp"
#include "app/process/own_memory.hpp"
#include "app/process/stop_signals.hpp"
#include "messages/limits.hpp"

#include <CLI/CLI.hpp>

#include <iostream>

namespace byollm::daemon {

namespace {

constexpr auto footer = R"(To begin:
  byollmd --print-config > byollmd.toml
  byollmd --config byollmd.toml

Stops on SIGTERM or SIGINT, once what runs has ended or after 30 seconds.
Exit codes: 0 done, 1 failed (stderr says why), 2 wrong usage.)";

int report(const failure& why) {
  std::cerr << "byollmd: " << describe(why) << '\n';
  return 1;
}

int serve(const config& how) {
  keep_memory_to_ourselves();
  raise_open_files();
  stop_signals stop;
  auto started = daemon::start(how);
  if (!started)
    return report(started.error());
  std::cout << "serving " << how.socket.string();
  if (auto port = (*started)->port())
    std::cout << " and http://" << how.tcp->address << ':' << port;
  std::cout << "; stop with Ctrl-C\n" << std::flush;
  stop.wait();
  std::cout << "stopping; what runs may end first\n" << std::flush;
  if (!(*started)->stop(limits::stop_deadline))
    std::cerr << "byollmd: some calls had to be cut; the ledger has them\n";
  return 0;
}

int parse_and_run(int argc, char** argv) {
  CLI::App app{"The service: one runtime for other processes.", "byollmd"};
  app.footer(footer);
  std::string file;
  bool print = false;
  bool check = false;
  auto named = app.add_option("--config", file, "The configuration file");
  auto printing = app.add_flag("--print-config", print,
                               "Print one with all settings, and end");
  app.add_flag("--check", check, "Only say whether the file is right")
    ->needs(named);
  named->excludes(printing);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& why) {
    return app.exit(why) == 0 ? 0 : 2;
  }
  if (print) {
    std::cout << config_text();
    return 0;
  }
  if (file.empty()) {
    std::cerr << "byollmd: name a file with --config; see --help\n";
    return 2;
  }
  auto how = read_config(file);
  if (!how)
    return report(how.error());
  if (check) {
    std::cout << "the configuration is right\n";
    return 0;
  }
  return serve(*how);
}

} // namespace

} // namespace byollm::daemon

int main(int argc, char** argv) {
  return byollm::daemon::parse_and_run(argc, argv);
}
