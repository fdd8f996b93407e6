// SPDX-License-Identifier: Apache-2.0
#include "tests/load/scenario.hpp"

#define TOML_EXCEPTIONS 0
#define TOML_HEADER_ONLY 1
#include <toml++/toml.h>

#include <limits>
#include <set>

namespace byollm::load {

namespace {

failure bad(const std::string& key, const std::string& rule) {
  return {errc::invalid_config, key + " " + rule, key};
}

/// One table's values. Remembers the first mistake, and what was asked for, so
/// that a misspelt key does not pass for a default.
class section {
public:
  section(const toml::table& from, std::string name, failure& first)
      : from_(from), name_(std::move(name)), first_(first) {
    // nop
  }

  ~section() {
    for (const auto& [key, _] : from_)
      if (asked_.count(std::string{key.str()}) == 0)
        complain(std::string{key.str()}, "is not known");
  }

  section(const section&) = delete;
  section& operator=(const section&) = delete;

  template <class T>
  void count(const char* key, T& into, int64_t least = 0,
             int64_t most = 100'000'000) {
    auto node = find(key);
    if (!node)
      return;
    auto value = node->template value_exact<int64_t>();
    if (!value || *value < least || *value > most)
      return complain(key, "must be a whole number from "
                             + std::to_string(least) + " to "
                             + std::to_string(most));
    into = T(*value);
  }

  void part(const char* key, share& into) {
    auto node = find(key);
    if (!node)
      return;
    auto value = node->value<double>();
    if (!value || !(*value >= 0 && *value <= 1))
      return complain(key, "must be a share from 0.0 to 1.0");
    into = *value;
  }

  void flag(const char* key, bool& into) {
    auto node = find(key);
    if (!node)
      return;
    auto value = node->value_exact<bool>();
    if (!value)
      return complain(key, "must be true or false");
    into = *value;
  }

  const toml::table& table(const char* key) {
    static const toml::table none;
    auto node = find(key);
    if (node && !node->is_table())
      complain(key, "must be a table");
    return node && node->is_table() ? *node->as_table() : none;
  }

  void complain(const std::string& key, const std::string& rule) {
    if (first_.code == errc::none)
      first_ = bad(name_ + key, rule);
  }

private:
  const toml::node* find(const char* key) {
    asked_.insert(key);
    return from_.get(key);
  }

  const toml::table& from_;
  std::string name_;
  failure& first_;
  std::set<std::string> asked_;
};

void read_users(const toml::table& from, scenario& into, failure& first) {
  section s{from, "users.", first};
  s.count("tenants", into.users.tenants, 1);
  s.count("count", into.users.count, 1);
  s.part("own_llm_share", into.users.own_llm);
}

void read_purposes(const toml::table& from, scenario& into, failure& first) {
  section s{from, "request.purposes.", first};
  for (const auto& [key, _] : from) {
    auto& added = into.request.purposes.emplace_back();
    added.name = std::string{key.str()};
    s.part(added.name.c_str(), added.of);
  }
}

void read_request(const toml::table& from, scenario& into, failure& first) {
  section s{from, "request.", first};
  s.count("message_bytes", into.request.message_bytes, 1, 16 << 20);
  s.part("streaming_share", into.request.streaming);
  read_purposes(s.table("purposes"), into, first);
}

void read_standin(const toml::table& from, scenario& into, failure& first) {
  section s{from, "standin.", first};
  s.flag("canned", into.standin.canned);
  s.count("answer_bytes", into.standin.answer_bytes, 1, 16 << 20);
  s.count("chunks", into.standin.chunks, 1, 1'000'000);
  s.count("chunk_interval_ms", into.standin.chunk_interval, 0, 60'000);
}

void read_faults(const toml::table& from, scenario& into, failure& first) {
  section s{from, "faults.", first};
  s.part("bad_key_share", into.faults.bad_key);
  s.part("unreachable_share", into.faults.unreachable);
  s.part("cancelled_share", into.faults.cancelled);
  if (into.faults.bad_key > 0 && into.standin.canned)
    s.complain("bad_key_share", "needs standin.canned = false");
}

} // namespace

expected<scenario> read_scenario(const std::filesystem::path& file) {
  auto parsed = toml::parse_file(file.string());
  if (!parsed)
    return failure{errc::invalid_config,
                   file.string() + " line "
                     + std::to_string(parsed.error().source().begin.line) + ": "
                     + std::string{parsed.error().description()}};
  scenario made;
  made.name = file.stem().string();
  failure first;
  {
    section s{parsed.table(), "", first};
    s.count("seed", made.seed, 0, std::numeric_limits<int64_t>::max());
    s.count("loops", made.loops, 1, 64);
    s.count("concurrency", made.concurrency, 1, 100'000);
    s.count("turns", made.turns, 1);
    s.count("warmup_turns", made.warmup_turns);
    s.count("calls_per_turn", made.calls_per_turn, 1, 1'000);
    s.count("workers", made.workers, 1, 1'000);
    s.count("think_time_us", made.think_time, 0, 60'000'000);
    read_users(s.table("users"), made, first);
    read_request(s.table("request"), made, first);
    read_standin(s.table("standin"), made, first);
    read_faults(s.table("faults"), made, first);
  }
  if (first.code != errc::none)
    return first;
  return made;
}

} // namespace byollm::load
