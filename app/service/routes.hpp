// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/service/parts.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace byollm::service {

/// Whom a route asks for.
enum class asks : uint8_t {
  nobody,     ///< No token.
  call_token, ///< A call token.
  client,     ///< A client token, or a call token.
  turns,      ///< A service token with that scope, and so on.
  extensions,
  tokens,
  config,
  audit,
  metrics,
  service,    ///< Any service token: the route looks at its scopes.
  own_page,   ///< A page of ours, whoever looks at it.
  anybody_in, ///< Somebody who is logged in.
  user_in,    ///< A user who is logged in.
  admin_in,   ///< An admin who is logged in.
};

/// Whose words a path speaks.
enum class words : uint8_t {
  ours,
  openai,
  anthropic,
  either, ///< Anthropic's to who names its version.
};

/// A route of docs/service.md, docs/clients.md or docs/pages.md.
struct entry {
  bool begins_work; ///< Refused while the daemon stops.
  std::string_view method;
  /// With one `{}` at most.
  std::string_view path;
  asks who;
  bool has_body;
  void (*run)(parts& of, const visit_ptr& v);
  words in = words::ours;
};

/// Returns whether a call is made with what opens this.
constexpr bool is_call(asks who) noexcept {
  return who == asks::call_token || who == asks::client;
}

/// All routes; the first that matches is meant.
std::span<const entry> routes() noexcept;

/// Returns what stands for `{}`; nothing if the path is another.
std::optional<std::string> match(std::string_view pattern,
                                 std::string_view path);

} // namespace byollm::service
