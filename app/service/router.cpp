// SPDX-License-Identifier: Apache-2.0
#include "app/service/router.hpp"

#include "app/service/render.hpp"
#include "messages/limits.hpp"
#include "providers/json/document.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

namespace byollm::service {

namespace {

enum class asks : uint8_t {
  nobody,     ///< No token.
  call_token, ///< A call token.
  turns,      ///< A service token with that scope, and so on.
  extensions,
  tokens,
  config,
  audit,
  service,    ///< Any service token: the route looks at its scopes.
  own_page,   ///< A page of ours, whoever looks at it.
  anybody_in, ///< Somebody who is logged in.
  user_in,    ///< A user who is logged in.
  admin_in,   ///< An admin who is logged in.
};

struct entry {
  bool begins_work; ///< Refused while the daemon stops.
  std::string_view method;
  /// With one `{}` at most.
  std::string_view path;
  asks who;
  bool has_body;
  void (*run)(parts& of, const visit_ptr& v);
};

constexpr std::array table = {
  entry{false, "GET", "/livez", asks::nobody, false, tell_live},
  entry{false, "GET", "/readyz", asks::nobody, false, tell_ready},
  entry{false, "GET", "/v1/llm", asks::call_token, false, show_llm},
  entry{false, "DELETE", "/v1/llm", asks::call_token, false, end_llm},
  entry{true, "POST", "/v1/llm/messages", asks::call_token, true,
        create_message},
  entry{true, "POST", "/v1/llm/count_tokens", asks::call_token, true,
        count_tokens},
  entry{true, "POST", "/v1/llm/embeddings", asks::call_token, true, embed},
  entry{false, "POST", "/v1/log", asks::call_token, true, write_log},
  entry{true, "POST", "/v1/extensions/{}/attach", asks::extensions, true,
        attach_worker},
  entry{false, "POST", "/v1/invocations/{}", asks::extensions, true,
        end_invocation},
  entry{true, "POST", "/v1/turns", asks::turns, true, run_turn},
  entry{false, "GET", "/v1/extensions", asks::turns, false, list_extensions},
  entry{true, "POST", "/v1/tokens", asks::tokens, true, mint_token},
  // A body that may hold a key is not parsed here: see with_body.
  entry{false, "GET", "/v1/internal/config/llm", asks::config, false,
        show_config},
  entry{false, "PUT", "/v1/internal/config/llm", asks::config, false,
        save_config},
  entry{false, "DELETE", "/v1/internal/config/llm", asks::config, false,
        remove_config},
  entry{false, "GET", "/v1/internal/config/llm/providers", asks::config, false,
        list_providers},
  entry{false, "GET", "/v1/internal/config/llm/usage", asks::audit, false,
        show_usage},
  entry{false, "GET", "/v1/internal/config/llm/usage/{}", asks::audit, false,
        show_usage},
  entry{true, "POST", "/v1/internal/config/llm/test", asks::config, false,
        test_config},
  entry{true, "POST", "/v1/internal/config/llm/test-tools", asks::config, false,
        test_tools},
  entry{false, "POST", "/v1/internal/config/llm/invalidate/{}", asks::config,
        false, invalidate},
  entry{true, "POST", "/v1/internal/ai/complete", asks::turns, true, complete},
  entry{false, "GET", "/v1/audit", asks::audit, false, list_audit},
  // The pages, and what they ask. A body that may hold a key: see with_body.
  entry{true, "POST", "/v1/internal/sessions", asks::service, true, make_login},
  entry{false, "GET", "/login", asks::nobody, false, show_login_page},
  entry{false, "GET", "/settings/llm", asks::nobody, false, show_settings_page},
  entry{false, "GET", "/admin", asks::nobody, false, show_admin_page},
  entry{false, "GET", "/pages/{}", asks::nobody, false, show_page_file},
  entry{false, "POST", "/v1/login/ticket", asks::own_page, true, show_login},
  entry{true, "POST", "/v1/login", asks::own_page, true, log_in},
  entry{false, "GET", "/v1/session", asks::anybody_in, false, show_session},
  entry{false, "DELETE", "/v1/session", asks::anybody_in, false, log_out},
  entry{false, "GET", "/v1/me/providers", asks::user_in, false, list_providers},
  entry{true, "POST", "/v1/me/{}", asks::user_in, false, run_page_operation},
  entry{false, "GET", "/v1/admin/providers", asks::admin_in, false,
        list_providers},
  entry{false, "GET", "/v1/admin/ledger/export", asks::admin_in, false,
        export_ledger},
  entry{true, "POST", "/v1/admin/{}", asks::admin_in, false,
        run_page_operation},
};

// Returns what stands for `{}`; nothing if the path is another.
std::optional<std::string> match(std::string_view pattern,
                                 std::string_view path) {
  auto hole = pattern.find("{}");
  if (hole == std::string_view::npos)
    return pattern == path ? std::optional<std::string>{""} : std::nullopt;
  auto before = pattern.substr(0, hole);
  auto after = pattern.substr(hole + 2);
  if (path.size() <= before.size() + after.size() || !path.starts_with(before)
      || !path.ends_with(after))
    return std::nullopt;
  auto middle
    = path.substr(before.size(), path.size() - before.size() - after.size());
  if (middle.find('/') != std::string_view::npos)
    return std::nullopt;
  return std::string{middle};
}

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
  default:
    return service_scope::turns;
  }
}

// A browser sends the cookie by itself, whichever page made it ask.
status let_in_by_cookie(parts& of, asks who, visit& v) {
  auto whom = who == asks::own_page   ? pages::audience::own_page
              : who == asks::user_in  ? pages::audience::user
              : who == asks::admin_in ? pages::audience::admin
                                      : pages::audience::anybody;
  auto known = pages::let_in(v.at->asked(), of.site, of.sessions, whom);
  if (!known)
    return known.error();
  v.session = *std::move(known);
  return unit{};
}

status let_in(parts& of, asks who, visit& v) {
  if (who == asks::nobody)
    return unit{};
  if (who >= asks::own_page)
    return let_in_by_cookie(of, who, v);
  auto token = bearer(v.at->asked());
  if (token.empty())
    return failure{errc::unauthenticated, "there is no bearer token"};
  if (who == asks::call_token) {
    auto grant = of.of.access().check_call_token(token);
    if (!grant)
      return grant.error();
    v.grant = *std::move(grant);
    return unit{};
  }
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

// While the daemon stops, turns that are open may go on to their end.
bool is_stopped(const parts& of, asks who, const visit& v) {
  return of.is_stopping
         && !(who == asks::call_token && of.turns.has(v.grant.id));
}

status read_body(visit& v) {
  auto text = view(v.at->asked().body);
  // Bounds depth and number of values first: the parser does not.
  auto is = json::check(text, true);
  if (is == json::verdict::too_large)
    return failure{errc::limit_exceeded, "the body is too deep or too large"};
  if (is == json::verdict::good)
    v.body.Parse<rapidjson::kParseValidateEncodingFlag
                 | rapidjson::kParseIterativeFlag>(text.data(), text.size());
  if (is != json::verdict::good || v.body.HasParseError() || !v.body.IsObject())
    return failure{errc::invalid_request, "the body is not a JSON object"};
  return unit{};
}

http::answer wrong_method(std::string allowed) {
  auto made = answer_of({errc::invalid_request, "this path takes " + allowed});
  made.status = 405;
  made.headers.emplace_back("Allow", std::move(allowed));
  return made;
}

} // namespace

void route(parts& of, const http::exchange_ptr& at) {
  const auto& asked = at->asked();
  std::string allowed;
  for (const auto& known : table) {
    auto argument = match(known.path, asked.path);
    if (!argument)
      continue;
    if (known.method != asked.method) {
      allowed.append(allowed.empty() ? "" : ", ").append(known.method);
      continue;
    }
    auto v = std::make_shared<visit>();
    v->at = at;
    v->argument = *std::move(argument);
    if (auto in = let_in(of, known.who, *v); !in)
      return at->reply(answer_of(in.error()));
    if (known.begins_work && is_stopped(of, known.who, *v))
      return at->reply(answer_of({errc::stopping, "the daemon is stopping"}));
    if (known.has_body)
      if (auto read = read_body(*v); !read)
        return at->reply(answer_of(read.error()));
    if (known.begins_work && known.who == asks::call_token)
      if (auto used = of.of.access().use_call_token(v->grant); !used)
        return at->reply(answer_of(used.error()));
    return known.run(of, v);
  }
  if (!allowed.empty())
    return at->reply(wrong_method(std::move(allowed)));
  at->reply(answer_of({errc::not_found, "there is no such path"}));
}

} // namespace byollm::service
