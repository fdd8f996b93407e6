// SPDX-License-Identifier: Apache-2.0
#include "messages/access.hpp"

#include <algorithm>

namespace byollm {

namespace {

constexpr std::array kinds = {caller_kind::chat_fn, caller_kind::tool,
                              caller_kind::panel, caller_kind::skeleton};

constexpr std::array scopes
  = {service_scope::turns,  service_scope::extensions, service_scope::tokens,
     service_scope::config, service_scope::audit,      service_scope::admin,
     service_scope::metrics};

} // namespace

std::string_view to_string(caller_kind value) noexcept {
  switch (value) {
  case caller_kind::chat_fn:
    return "chat_fn";
  case caller_kind::tool:
    return "tool";
  case caller_kind::panel:
    return "panel";
  case caller_kind::skeleton:
    return "skeleton";
  }
  return "chat_fn";
}

std::optional<caller_kind> caller_kind_of(std::string_view name) noexcept {
  auto it = std::find_if(kinds.begin(), kinds.end(),
                         [&](auto kind) { return to_string(kind) == name; });
  return it == kinds.end() ? std::nullopt : std::optional{*it};
}

std::string_view to_string(service_scope value) noexcept {
  switch (value) {
  case service_scope::turns:
    return "turns";
  case service_scope::extensions:
    return "extensions";
  case service_scope::tokens:
    return "tokens";
  case service_scope::config:
    return "config";
  case service_scope::audit:
    return "audit";
  case service_scope::admin:
    return "admin";
  case service_scope::metrics:
    return "metrics";
  }
  return "";
}

expected<uint32_t> scopes_of(std::string_view names) {
  uint32_t made = 0;
  while (!names.empty()) {
    auto end = std::min(names.find(','), names.size());
    auto name = names.substr(0, end);
    auto it = std::find_if(scopes.begin(), scopes.end(),
                           [&](auto one) { return to_string(one) == name; });
    if (it == scopes.end())
      return failure{errc::invalid_request,
                     "a scope is one of " + names_of_scopes(~0u), "scopes"};
    made |= static_cast<uint32_t>(*it);
    names.remove_prefix(std::min(end + 1, names.size()));
  }
  if (made == 0)
    return failure{errc::invalid_request, "a token has a scope", "scopes"};
  return made;
}

std::string names_of_scopes(uint32_t set) {
  std::string out;
  for (auto one : scopes)
    if ((set & static_cast<uint32_t>(one)) != 0)
      out.append(out.empty() ? "" : ",").append(to_string(one));
  return out;
}

} // namespace byollm
