// SPDX-License-Identifier: Apache-2.0
#include "app/cli/commands.hpp"
#include "app/cli/print.hpp"
#include "app/process/terminal.hpp"

#include <iostream>
#include <memory>

namespace byollm::cli {

namespace {

std::string count_of(const rapidjson::Value& from, const char* name) {
  return std::to_string(number_of(from, name));
}

void print_progress(std::ostream& to, const rapidjson::Value& progress) {
  to << "master key " << count_of(progress, "version") << ": "
     << count_of(progress, "rewrapped") << " wrapped, "
     << count_of(progress, "left") << " left\n";
}

void print_rotated(std::ostream& to, const rapidjson::Value& progress) {
  print_progress(to, progress);
  if (number_of(progress, "unreadable") > 0)
    std::cerr << "byollm: " << count_of(progress, "unreadable")
              << " stored keys do not open and stay under an older master "
                 "key; enter them again, or remove them\n";
}

int rotate(const options& opts) {
  request what{"keys.rotate"};
  auto end = run(opts, what, [&](const rapidjson::Value& progress) {
    if (!opts.json)
      print_progress(std::cout, progress);
  });
  return print_end(opts, end, print_rotated);
}

void print_keys(std::ostream& to, const rapidjson::Value& keys) {
  table out{{"version", "wraps", "state"}};
  for (const auto& key : keys.GetArray())
    out.add({count_of(key, "version"), count_of(key, "wraps"),
             flag_of(key, "current")        ? "current"
             : number_of(key, "wraps") == 0 ? "may be retired"
                                            : "in use"});
  out.print(to);
}

int list(const options& opts) {
  request what{"keys.list"};
  return run_and_print(opts, what, print_keys);
}

int retire(const options& opts, uint64_t version) {
  request what{"keys.retire"};
  what.number("version", version);
  return run_and_print(opts, what, say("retired"));
}

} // namespace

void add_keys(CLI::App& app, chosen_command& chosen) {
  auto keys = app.add_subcommand(
    "keys", "The master keys, under which all stored keys are wrapped");
  keys->require_subcommand(1);
  keys->footer(
    "  byollm keys rotate      a new master key; calls go on meanwhile\n"
    "  byollm keys list        which wraps how many stored keys\n"
    "  byollm keys retire 1    forget an old one that wraps none\n"
    "A rotation that is stopped goes on at the owner's next start. Keep "
    "backups of a\nretired key as long as you keep backups of the database "
    "from before.");
  keys->add_subcommand("rotate", "Add a master key and wrap all keys under it")
    ->callback([&chosen] { chosen = rotate; });
  keys->add_subcommand("list", "Show the master keys")->callback([&chosen] {
    chosen = list;
  });
  auto retiring = keys->add_subcommand("retire", "Forget an old master key");
  auto version = std::make_shared<uint64_t>(0);
  retiring->add_option("VERSION", *version, "As `keys list` shows it")
    ->required();
  retiring->callback([&chosen, version] {
    chosen = [version](const options& x) { return retire(x, *version); };
  });
}

} // namespace byollm::cli
