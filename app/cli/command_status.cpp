// SPDX-License-Identifier: Apache-2.0
#include "app/cli/commands.hpp"
#include "app/cli/print.hpp"
#include "app/process/terminal.hpp"

#include <iostream>
#include <memory>

namespace byollm::cli {

namespace {

// The third line of a checkpoint is the root.
std::string root_of(const std::string& checkpoint) {
  auto begin = checkpoint.find('\n', checkpoint.find('\n') + 1) + 1;
  return checkpoint.substr(begin, checkpoint.find('\n', begin) - begin);
}

std::string checkpoints(const rapidjson::Value& view) {
  if (!flag_of(view, "checkpoints_healthy"))
    return "none are made any more";
  auto signed_records = number_of(view, "ledger_signed");
  if (signed_records == 0)
    return "none yet";
  return "of " + std::to_string(signed_records) + " records, root "
         + printable(root_of(view["checkpoint"].GetString()));
}

std::string anchors(const rapidjson::Value& view) {
  auto places = number_of(view, "anchors");
  if (places == 0)
    return "none";
  return std::to_string(places)
         + (flag_of(view, "anchors_healthy") ? ", nothing waits"
                                             : ", checkpoints wait for one");
}

std::string room(uint64_t free_bytes) {
  return free_bytes == UINT64_MAX
           ? "unknown"
           : std::to_string(free_bytes >> 20) + " MiB free";
}

void print_status(std::ostream& to, const rapidjson::Value& view) {
  auto count
    = [&](const char* name) { return std::to_string(number_of(view, name)); };
  table out{{"part", "state"}};
  out.add({"calls", (flag_of(view, "takes_calls") ? "taken, " : "refused, ")
                      + count("in_flight") + " running"});
  out.add({"shed", count("shed_at_tenant_limit") + " at a tenant's limit, "
                     + count("shed_for_scarcity") + " for want of places"});
  out.add({"retries", count("retries_denied") + " denied"});
  out.add({"ledger", (flag_of(view, "ledger_healthy") ? "well, " : "not well, ")
                       + count("ledger_records") + " records, "
                       + count("ledger_open") + " intents open"});
  out.add({"checkpoint", checkpoints(view)});
  out.add({"anchors", anchors(view)});
  out.add({"room", room(number_of(view, "free_bytes"))});
  out.print(to);
  for (const auto& problem : view["problems"].GetArray())
    std::cerr << "byollm: " << text_of(problem, "part") << ": "
              << text_of(problem, "text") << '\n';
}

status look_for_owner(const options& opts) {
  auto served = is_served(opts);
  if (!served)
    return served.error();
  if (!*served)
    return failure{errc::store_unavailable,
                   "no process serves " + opts.data_directory.string()
                     + "; start byollm serve, or the host"};
  return unit{};
}

} // namespace

void add_status(CLI::App& app, chosen_command& chosen) {
  auto sub = app.add_subcommand(
    "status", "Say whether calls are taken and the ledger is well; 1 if not");
  sub->footer(
    "For health checks; beside an owner it does not wait for the disk.\n"
    "  byollm status --served --json");
  auto served = std::make_shared<bool>(false);
  sub->add_flag("--served", *served,
                "Fail unless a process serves the data directory; without it "
                "the store is opened for the answer if nobody does");
  sub->callback([&chosen, served] {
    chosen = [served](const options& opts) {
      if (*served)
        if (auto there = look_for_owner(opts); !there)
          return report(opts, there.error());
      request what{"status"};
      return run_and_print(opts, what, print_status, "healthy");
    };
  });
}

} // namespace byollm::cli
