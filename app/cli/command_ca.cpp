// SPDX-License-Identifier: Apache-2.0
#include "app/cli/commands.hpp"
#include "app/cli/print.hpp"
#include "app/process/terminal.hpp"

#include "messages/limits.hpp"

#include <chrono>
#include <fstream>
#include <iostream>
#include <memory>

namespace byollm::cli {

namespace {

expected<std::string> read_file(const std::string& name) {
  std::ifstream in{name, std::ios::binary};
  // One byte more than may be: whether it is too long is said elsewhere.
  std::string bytes(limits::ca_bundle_bytes_max + 1, '\0');
  in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (!in.is_open() || in.bad() || in.gcount() == 0)
    return failure{errc::invalid_config, "the file cannot be read or is empty",
                   "FILE"};
  bytes.resize(static_cast<size_t>(in.gcount()));
  return bytes;
}

int set(const options& opts, const std::string& file) {
  auto pem = read_file(file);
  if (!pem)
    return report(opts, pem.error());
  request what{"ca.set"};
  what.text("tenant", opts.tenant).text("pem", *pem);
  return run_and_print(opts, what, say("set"));
}

std::string day_of(int64_t unix_seconds) {
  using namespace std::chrono;
  year_month_day day{floor<days>(sys_seconds{seconds{unix_seconds}})};
  char text[32];
  std::snprintf(text, sizeof(text), "%04d-%02u-%02u", int{day.year()},
                unsigned{day.month()}, unsigned{day.day()});
  return text;
}

void print_bundle(std::ostream& to, const rapidjson::Value& bundle) {
  if (bundle.IsNull()) {
    to << "none beside everybody's\n";
    return;
  }
  for (const auto& one : bundle["certificates"].GetArray())
    to << printable(one["subject"].GetString()) << ", until "
       << day_of(one["expires_unix"].GetInt64()) << '\n';
  to << "sha256:" << bundle["fingerprint"].GetString() << '\n';
}

int show(const options& opts) {
  request what{"ca.show"};
  what.text("tenant", opts.tenant);
  return run_and_print(opts, what, print_bundle);
}

int remove(const options& opts) {
  request what{"ca.rm"};
  what.text("tenant", opts.tenant);
  return run_and_print(opts, what, say("removed"));
}

} // namespace

void add_ca(CLI::App& app, chosen_command& chosen) {
  auto ca = app.add_subcommand(
    "ca", "Authorities that vouch for a tenant's own servers: at its allowed "
          "origins, for its users only");
  ca->require_subcommand(1);
  auto file = std::make_shared<std::string>();
  auto setting = ca->add_subcommand("set", "Replace them");
  setting->add_option("FILE", *file, "Certificates in PEM form")->required();
  setting->callback([&chosen, file] {
    chosen = [file](const options& x) { return set(x, *file); };
  });
  ca->add_subcommand("show", "Show them")->callback([&chosen] {
    chosen = show;
  });
  ca->add_subcommand("rm", "Trust them no longer")->callback([&chosen] {
    chosen = remove;
  });
}

} // namespace byollm::cli
