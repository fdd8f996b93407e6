// SPDX-License-Identifier: Apache-2.0
// Goal: of every setting it is known, and told to the operator, whether a
// reload changes it. Method: the list that a reload goes by, against the file
// with all settings and the table in docs/operations.md.
#include "app/daemon/settings.hpp"

#include <catch2/catch.hpp>
#include <toml++/toml.h>

#include <fstream>
#include <set>
#include <sstream>

namespace byollm::daemon {

namespace {

using names = std::set<std::string>;

names listed() {
  names out;
  for (const auto& one : settings())
    out.emplace(one.name);
  return out;
}

void add_names(const toml::table& from, const std::string& prefix, names& to) {
  for (const auto& [key, value] : from) {
    auto name = prefix + std::string{key.str()};
    if (auto table = value.as_table())
      add_names(*table, name + '.', to);
    else
      to.insert(name);
  }
}

// Lines of the table as "| `name` | at once |".
std::map<std::string, bool> documented() {
  std::ifstream in{BYOLLM_DOCS "/operations.md"};
  std::map<std::string, bool> out;
  for (std::string line; std::getline(in, line);) {
    for (auto [words, needs_restart] : {std::pair{"` | at once |", false},
                                        std::pair{"` | at a restart |", true}})
      if (auto end = line.find(words);
          line.starts_with("| `") && end != std::string::npos)
        out.emplace(line.substr(3, end - 3), needs_restart);
  }
  return out;
}

config parsed(const std::string& text) {
  auto got = parse_config("data_directory = \"d\"\n" + text, "/etc/b.toml");
  REQUIRE(got);
  return *std::move(got);
}

// A value for each setting that is not its default.
const std::map<std::string, std::string> other_values
  = {{"listen.socket", "\"x\""},
     {"listen.socket_mode", "\"0666\""},
     {"listen.http", "\"127.0.0.1:1\""},
     {"listen.remote", "true"},
     {"listen.metrics", "\"127.0.0.1:1\""},
     {"listen.hosts", "[\"x\"]"},
     {"listen.public_url", "\"https://x.example\""},
     {"runtime.loops", "3"},
     {"runtime.calls_per_tenant", "3"},
     {"runtime.calls", "3"},
     {"runtime.key_drain", "3"},
     {"runtime.ca_file", "\"x\""},
     {"ledger.anchor_file", "\"x\""},
     {"ledger.anchor_syslog", "\"auth\""},
     {"trace.endpoint", "\"http://127.0.0.1:1\""},
     {"trace.ratio", "0.5"},
     {"log.level", "\"error\""},
     {"log.format", "\"json\""},
     {"log.access_file", "\"x\""},
     {"log.access_users", "false"}};

} // namespace

TEST_CASE("each setting of the file is in the list", "[daemon]") {
  names known;
  add_names(toml::parse(config_text()), "", known);
  CHECK(known == listed());
}

TEST_CASE("the documentation says of each setting when it changes",
          "[daemon]") {
  std::map<std::string, bool> known;
  for (const auto& one : settings())
    known.emplace(one.name, one.needs_restart);
  CHECK(documented() == known);
}

TEST_CASE("a setting that differs is named, and no other", "[daemon]") {
  auto base = parsed("");
  CHECK(changed(base, base, true).empty());
  CHECK(changed(base, base, false).empty());
  for (const auto& one : settings()) {
    std::string name{one.name};
    INFO(name);
    auto next = base;
    if (name == "data_directory") {
      next.runtime.data_directory = "/elsewhere";
    } else {
      REQUIRE(other_values.count(name) == 1);
      auto dot = name.find('.');
      next = parsed("[" + name.substr(0, dot) + "]\n" + name.substr(dot + 1)
                    + " = " + other_values.at(name) + "\n");
    }
    auto wanted = name == "listen.public_url"
                    // The proxy's name is one of ours, too.
                    ? "listen.hosts, listen.public_url"
                    : name;
    CHECK(changed(base, next, one.needs_restart) == wanted);
    CHECK(changed(base, next, !one.needs_restart).empty());
  }
}

} // namespace byollm::daemon
