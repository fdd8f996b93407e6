// SPDX-License-Identifier: Apache-2.0
#include "app/service/router.hpp"

#include "app/service/client_voice.hpp"
#include "app/service/doors.hpp"
#include "app/service/render.hpp"
#include "app/service/routes.hpp"
#include "providers/json/document.hpp"

namespace byollm::service {

namespace {

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

// What an access log tells of who asks, once it is known.
void note_who(const visit& v) {
  auto note = [&v](std::string_view name, std::string_view value) {
    if (!value.empty())
      v.at->note(name, value);
  };
  const auto& grant = v.grant;
  const auto& session = v.session.who;
  note("service", v.token.name);
  note("admin", session.name);
  note("tenant", grant.tenant.empty() ? session.tenant : grant.tenant);
  note("user", grant.user.empty() ? session.user : grant.user);
  note("extension", grant.extension);
}

// Errors: those of `route`.
status enter(parts& of, const entry& known, visit& v) {
  if (auto in = let_in(of, known.who, v); !in)
    return in;
  note_who(v);
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
  for (const auto& known : routes()) {
    auto argument = match(known.path, asked.path);
    if (!argument)
      continue;
    in = dialect_of(known.in, asked);
    at->note("route", known.path);
    if (known.method != asked.method) {
      allowed.append(allowed.empty() ? "" : ", ").append(known.method);
      continue;
    }
    auto v = std::make_shared<visit>();
    v->at = watched(at, of.watch, known.method, known.path, v->trace);
    v->argument = *std::move(argument);
    v->in = in;
    if (in) {
      v->id = of.new_id();
      at->note("call", v->id);
    }
    if (auto entered = enter(of, known, *v); !entered)
      return v->at->reply(error_of(*v, entered.error()));
    return known.run(of, v);
  }
  trace_headers unused;
  auto nowhere = watched(at, of.watch, "", "", unused);
  if (!allowed.empty())
    return nowhere->reply(wrong_method(in, std::move(allowed), of.new_id()));
  nowhere->reply(answer_of({errc::not_found, "there is no such path"}));
}

http::answer refusal_of(const parts& of, int status, std::string_view why,
                        const http::request* head) {
  if (of.watch) {
    seen_request seen;
    seen.since = std::chrono::system_clock::now();
    seen.status = status;
    seen.is_whole = true;
    of.watch->ended(seen);
  }
  for (const auto& known : routes()) {
    if (!head || !match(known.path, head->path))
      continue;
    auto in = dialect_of(known.in, *head);
    auto made = in ? refused_in(*in, status, why, of.new_id())
                   : refused_by_server(status, why);
    made.said.emplace_back("route", known.path);
    return made;
  }
  return refused_by_server(status, why);
}

} // namespace byollm::service
