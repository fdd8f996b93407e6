// SPDX-License-Identifier: Apache-2.0
#include "app/daemon/settings.hpp"

#include <array>

namespace byollm::daemon {

namespace {

constexpr bool at_once = false;
constexpr bool at_start = true;

template <auto Member>
bool same(const config& one, const config& other) {
  return one.*Member == other.*Member;
}

template <auto Member>
bool same_of_runtime(const config& one, const config& other) {
  return one.runtime.*Member == other.runtime.*Member;
}

template <auto Place>
bool same_place(const config& one, const config& other) {
  const auto& first = one.*Place;
  const auto& second = other.*Place;
  if (first.has_value() != second.has_value())
    return false;
  return !first
         || (first->address == second->address && first->port == second->port);
}

bool same_url(const config& one, const config& other) {
  return one.site.origin == other.site.origin;
}

bool same_access_file(const config& one, const config& other) {
  return one.access.file == other.access.file;
}

bool same_access_users(const config& one, const config& other) {
  return one.access.names_users == other.access.names_users;
}

using options = runtime_options;

constexpr std::array all = {
  setting{"data_directory", at_start,
          same_of_runtime<&options::data_directory>},
  setting{"listen.socket", at_start, same<&config::socket>},
  setting{"listen.socket_mode", at_start, same<&config::socket_mode>},
  setting{"listen.http", at_start, same_place<&config::tcp>},
  setting{"listen.remote", at_start, same<&config::is_remote>},
  setting{"listen.metrics", at_start, same_place<&config::metrics>},
  setting{"listen.hosts", at_once, same<&config::allowed_hosts>},
  setting{"listen.public_url", at_once, same_url},
  setting{"runtime.loops", at_start, same_of_runtime<&options::loops>},
  setting{"runtime.calls_per_tenant", at_once,
          same_of_runtime<&options::in_flight_per_tenant>},
  setting{"runtime.calls", at_once, same_of_runtime<&options::in_flight_total>},
  setting{"runtime.key_drain", at_once, same_of_runtime<&options::key_drain>},
  // A connection keeps the trust that it was made with.
  setting{"runtime.ca_file", at_start, same_of_runtime<&options::ca_pem_file>},
  setting{"ledger.anchor_file", at_start,
          same_of_runtime<&options::anchor_file>},
  setting{"ledger.anchor_syslog", at_start,
          same_of_runtime<&options::anchor_syslog>},
  setting{"trace.endpoint", at_start, same<&config::collector>},
  setting{"trace.ratio", at_start, same<&config::trace_ratio>},
  setting{"log.level", at_once, same<&config::least>},
  setting{"log.format", at_once, same<&config::format>},
  setting{"log.access_file", at_once, same_access_file},
  setting{"log.access_users", at_once, same_access_users},
};

} // namespace

std::span<const setting> settings() noexcept {
  return all;
}

std::string changed(const config& from, const config& to, bool needs_restart) {
  std::string out;
  for (const auto& one : all)
    if (one.needs_restart == needs_restart && !one.is_same(from, to))
      out.append(out.empty() ? "" : ", ").append(one.name);
  return out;
}

} // namespace byollm::daemon
