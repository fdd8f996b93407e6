// SPDX-License-Identifier: Apache-2.0
// byollmd: serves one data directory to other processes.
#include "app/daemon/config.hpp"
#include "app/daemon/serve.hpp"

#include <CLI/CLI.hpp>

#include <iostream>

namespace byollm::daemon {

namespace {

constexpr auto footer = R"(To begin:
  byollmd --print-config > byollmd.toml
  byollmd --config byollmd.toml

SIGHUP has it read the file again. It stops on SIGTERM or SIGINT, once what
runs has ended or after 30 seconds; a second one cuts what runs.
Exit codes: 0 done, 1 failed (stderr says why), 2 wrong usage.)";

int report(const failure& why) {
  std::cerr << "byollmd: " << describe(why) << '\n';
  return 1;
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
  if (!check)
    return serve(file);
  if (auto how = read_config(file); !how)
    return report(how.error());
  std::cout << "the configuration is right\n";
  return 0;
}

} // namespace

} // namespace byollm::daemon

int main(int argc, char** argv) {
  return byollm::daemon::parse_and_run(argc, argv);
}
