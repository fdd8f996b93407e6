// SPDX-License-Identifier: Apache-2.0
#include "app/service/router.hpp"

#include "app/service/client_voice.hpp"
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
  client,     ///< A client token, or a call token.
  turns,      ///< A service token with that scope, and so on.
  extensions,
  tokens,
  config,
  audit,
};

/// Whose words a path speaks.
enum class words : uint8_t {
  ours,
  openai,
  anthropic,
  either, ///< Anthropic's to who names its version.
};

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
  entry{true, "POST", "/v1/chat/completions", asks::client, true, answer_client,
        words::openai},
  entry{true, "POST", "/v1/embeddings", asks::client, true, embed_for_client,
        words::openai},
  entry{true, "POST", "/v1/messages", asks::client, true, answer_client,
        words::anthropic},
  entry{true, "POST", "/v1/messages/count_tokens", asks::client, true,
        count_for_client, words::anthropic},
  entry{true, "GET", "/v1/models", asks::client, false, list_models,
        words::either},
  entry{true, "GET", "/v1/models/{}", asks::client, false, show_model,
        words::either},
  entry{false, "POST", "/v1/log", asks::call_token, true, write_log},
  entry{true, "POST", "/v1/extensions/{}/attach", asks::extensions, true,
        attach_worker},
  entry{false, "POST", "/v1/invocations/{}", asks::extensions, true,
        end_invocation},
  entry{true, "POST", "/v1/turns", asks::turns, true, run_turn},
  entry{false, "GET", "/v1/extensions", asks::turns, false, list_extensions},
  entry{true, "POST", "/v1/tokens", asks::tokens, true, mint_token},
  // A body that may hold a key is not parsed here: see with_body.
  entry{false, "POST", "/v1/internal/tokens/client", asks::tokens, false,
        add_client_token},
  entry{false, "GET", "/v1/internal/tokens/client", asks::tokens, false,
        list_client_tokens},
  entry{false, "DELETE", "/v1/internal/tokens/client/{}", asks::tokens, false,
        revoke_client_token},
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
  // Names of models have slashes.
  if (middle.find('/') != std::string_view::npos
      && !pattern.starts_with("/v1/models/"))
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

// The official clients differ in how they send a key.
std::string_view token_of(asks who, const http::request& asked) {
  auto token = bearer(asked);
  return token.empty() && who == asks::client ? asked.header("x-api-key")
                                              : token;
}

const clients::dialect* dialect_of(words in, const http::request& asked) {
  switch (in) {
  case words::ours:
    return nullptr;
  case words::openai:
    return &clients::openai_dialect();
  case words::anthropic:
    return &clients::anthropic_dialect();
  case words::either:
    break;
  }
  return asked.header("anthropic-version").empty()
           ? &clients::openai_dialect()
           : &clients::anthropic_dialect();
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

bool is_call(asks who) noexcept {
  return who == asks::call_token || who == asks::client;
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

status let_in(parts& of, asks who, visit& v) {
  if (who == asks::nobody)
    return unit{};
  auto token = token_of(who, v.at->asked());
  if (token.empty())
    return failure{errc::unauthenticated, "there is no bearer token"};
  if (is_call(who))
    return let_call_in(of, who, token, v);
  auto known = of.of.access().check_token(token);
  if (!known)
    return known.error();
  auto scope = scope_of(who);
  if ((known->scopes & static_cast<uint32_t>(scope)) == 0)
    return failure{errc::forbidden, "the token lacks the scope \""
                                      + std::string{to_string(scope)} + '"'};
  v.token = *std::move(known);
  return unit{};
}

// While the daemon stops, turns that are open may go on to their end.
bool is_stopped(const parts& of, asks who, const visit& v) {
  return of.is_stopping
         && !(is_call(who) && !v.is_client && of.turns.has(v.grant.id));
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

http::answer error_of(const visit& v, const failure& why) {
  return v.in ? error_in(*v.in, why, v.id) : answer_of(why);
}

http::answer wrong_method(const clients::dialect* in, std::string allowed,
                          std::string_view id) {
  auto text = "this path takes " + allowed;
  auto made = in ? refused_in(*in, 405, text, id)
                 : answer_of({errc::invalid_request, text});
  made.status = 405;
  made.headers.emplace_back("Allow", std::move(allowed));
  return made;
}

// Errors: those of `route`.
status enter(parts& of, const entry& known, visit& v) {
  if (auto in = let_in(of, known.who, v); !in)
    return in;
  if (known.begins_work && is_stopped(of, known.who, v))
    return failure{errc::stopping, "the daemon is stopping"};
  if (known.has_body)
    if (auto read = read_body(v); !read)
      return read;
  if (known.begins_work && is_call(known.who) && !v.is_client)
    return of.of.access().use_call_token(v.grant);
  return unit{};
}

} // namespace

void route(parts& of, const http::exchange_ptr& at) {
  const auto& asked = at->asked();
  std::string allowed;
  const clients::dialect* in = nullptr;
  for (const auto& known : table) {
    auto argument = match(known.path, asked.path);
    if (!argument)
      continue;
    in = dialect_of(known.in, asked);
    if (known.method != asked.method) {
      allowed.append(allowed.empty() ? "" : ", ").append(known.method);
      continue;
    }
    auto v = std::make_shared<visit>();
    v->at = at;
    v->argument = *std::move(argument);
    v->in = in;
    if (in)
      v->id = of.new_id();
    if (auto entered = enter(of, known, *v); !entered)
      return at->reply(error_of(*v, entered.error()));
    return known.run(of, v);
  }
  if (!allowed.empty())
    return at->reply(wrong_method(in, std::move(allowed), of.new_id()));
  at->reply(answer_of({errc::not_found, "there is no such path"}));
}

http::answer refusal_of(const parts& of, int status, std::string_view why,
                        const http::request* head) {
  if (head)
    for (const auto& known : table)
      if (auto in = dialect_of(known.in, *head);
          in && match(known.path, head->path))
        return refused_in(*in, status, why, of.new_id());
  return refused_by_server(status, why);
}

} // namespace byollm::service
