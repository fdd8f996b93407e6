// SPDX-License-Identifier: Apache-2.0
#include "app/pages/guard.hpp"

#include "messages/limits.hpp"
#include "messages/origin.hpp"

#include <openssl/crypto.h>

#include <algorithm>
#include <chrono>

namespace byollm::pages {

namespace {

// Over https the name itself makes browsers refuse a cookie that came without
// TLS, for another path, or from another host of the domain.
std::string_view cookie_name(const site& at) noexcept {
  return at.is_secure() ? "__Host-byollm_session" : "byollm_session";
}

std::string cookie(std::string_view value, const site& at,
                   std::chrono::seconds age) {
  std::string out{cookie_name(at)};
  out.append("=").append(value);
  out.append("; Path=/; HttpOnly; SameSite=Strict; Max-Age=");
  out.append(std::to_string(age.count()));
  if (at.is_secure())
    out.append("; Secure");
  return out;
}

std::string_view trim(std::string_view text) noexcept {
  while (text.starts_with(' '))
    text.remove_prefix(1);
  while (text.ends_with(' '))
    text.remove_suffix(1);
  return text;
}

bool is_own_origin(std::string_view origin, const http::request& asked,
                   const site& at) {
  if (!at.origin.empty())
    return origin == at.origin;
  // The server has taken this Host as one of ours.
  constexpr std::string_view scheme = "http://";
  return origin.starts_with(scheme)
         && origin.substr(scheme.size()) == asked.header("host");
}

bool is_same(std::string_view one, std::string_view other) noexcept {
  return one.size() == other.size()
         && CRYPTO_memcmp(one.data(), other.data(), one.size()) == 0;
}

} // namespace

expected<site> site_at(std::string_view url) {
  auto parsed = base_url::parse(url);
  if (!parsed)
    return parsed.error();
  if (!parsed->path().empty())
    return failure{errc::invalid_config, "the pages have no path before them",
                   "public_url"};
  // Browsers leave the usual port out, here as in `Host`.
  return site{(parsed->at().is_https() ? "https://" : "http://")
              + parsed->at().host_header()};
}

std::string_view session_cookie(const http::request& asked, const site& at) {
  auto rest = asked.header("cookie");
  auto name = cookie_name(at);
  std::string_view found;
  while (!rest.empty()) {
    auto end = std::min(rest.find(';'), rest.size());
    auto pair = trim(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    auto equals = pair.find('=');
    if (equals == std::string_view::npos || pair.substr(0, equals) != name)
      continue;
    if (!found.empty())
      return {};
    found = pair.substr(equals + 1);
  }
  return found;
}

std::string keep_cookie(std::string_view value, const site& at) {
  return cookie(value, at, limits::session_lifetime);
}

std::string drop_cookie(const site& at) {
  return cookie("", at, std::chrono::seconds{0});
}

status check_origin(const http::request& asked, const site& at, bool changes) {
  failure elsewhere{errc::forbidden, "the request comes from another page"};
  auto origin = asked.header("origin");
  auto from = asked.header("sec-fetch-site");
  if (!origin.empty() && !is_own_origin(origin, asked, at))
    return elsewhere;
  // "none": a person typed the address.
  if (!from.empty() && from != "same-origin" && (changes || from != "none"))
    return elsewhere;
  if (changes && origin.empty() && from.empty())
    return elsewhere;
  return unit{};
}

expected<session> let_in(const http::request& asked, const site& at,
                         const session_book& known, audience whom) {
  auto changes = asked.method != "GET";
  if (auto ours = check_origin(asked, at, changes); !ours)
    return ours.error();
  if (whom == audience::own_page)
    return session{};
  auto who = known.check(session_cookie(asked, at));
  if (!who)
    return who;
  if (whom == audience::admin && !who->who.is_admin)
    return failure{errc::forbidden, "this is an admin's"};
  if (whom == audience::user && who->who.is_admin)
    return failure{errc::forbidden, "an admin's login has no LLM of its own"};
  if (changes && !is_same(asked.header("x-byollm-csrf"), who->csrf))
    return failure{errc::forbidden,
                   "the page is of another session: reload it"};
  return who;
}

} // namespace byollm::pages
