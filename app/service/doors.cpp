// SPDX-License-Identifier: Apache-2.0
#include "app/service/doors.hpp"

#include <algorithm>
#include <utility>

namespace byollm::service {

namespace {

std::string_view bearer(const http::request& asked) {
  auto value = asked.header("authorization");
  constexpr std::string_view scheme = "bearer ";
  auto is_scheme = value.size() > scheme.size()
                   && std::ranges::equal(
                     value.substr(0, scheme.size()), scheme, {}, [](char c) {
                       return c >= 'A' && c <= 'Z' ? char(c | 0x20) : c;
                     });
  return is_scheme ? value.substr(scheme.size()) : std::string_view{};
}

// The official clients differ in how they send a key.
std::string_view token_of(asks who, const http::request& asked) {
  auto token = bearer(asked);
  return token.empty() && who == asks::client ? asked.header("x-api-key")
                                              : token;
}

service_scope scope_of(asks who) {
  switch (who) {
  case asks::extensions:
    return service_scope::extensions;
  case asks::tokens:
    return service_scope::tokens;
  case asks::config:
    return service_scope::config;
  case asks::audit:
    return service_scope::audit;
  case asks::metrics:
    return service_scope::metrics;
  default:
    return service_scope::turns;
  }
}

status let_client_in(client_token_view token, visit& v) {
  v.is_client = true;
  v.grant.tenant = std::move(token.tenant);
  v.grant.user = std::move(token.user);
  v.grant.extension = std::move(token.extension);
  v.grant.purposes = std::move(token.purposes);
  v.grant.id = std::move(token.id);
  return unit{};
}

status let_call_in(parts& of, asks who, std::string_view token, visit& v) {
  if (who == asks::client)
    if (auto known = of.of.access().check_client_token(token); known)
      return let_client_in(*std::move(known), v);
  auto grant = of.of.access().check_call_token(token);
  if (!grant)
    return grant.error();
  v.grant = *std::move(grant);
  return unit{};
}

// A browser sends the cookie by itself, whichever page made it ask.
status let_in_by_cookie(parts& of, asks who, const http::request& asked,
                        visit& v) {
  auto whom = who == asks::own_page   ? pages::audience::own_page
              : who == asks::user_in  ? pages::audience::user
              : who == asks::admin_in ? pages::audience::admin
                                      : pages::audience::anybody;
  auto known = pages::let_in(asked, *of.site.get(), of.sessions, whom);
  if (!known)
    return known.error();
  v.session = *std::move(known);
  return unit{};
}

} // namespace

status let_in(parts& of, asks who, const http::request& asked, visit& v) {
  if (who == asks::nobody)
    return unit{};
  if (who >= asks::own_page)
    return let_in_by_cookie(of, who, asked, v);
  auto token = token_of(who, asked);
  if (token.empty())
    return failure{errc::unauthenticated, "there is no bearer token"};
  if (is_call(who))
    return let_call_in(of, who, token, v);
  auto known = of.of.access().check_token(token);
  if (!known)
    return known.error();
  auto scope = scope_of(who);
  if (who != asks::service
      && (known->scopes & static_cast<uint32_t>(scope)) == 0)
    return failure{errc::forbidden, "the token lacks the scope \""
                                      + std::string{to_string(scope)} + '"'};
  v.token = *std::move(known);
  return unit{};
}

} // namespace byollm::service
