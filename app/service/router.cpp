// SPDX-License-Identifier: Apache-2.0
#include "app/service/router.hpp"

#include "app/service/client_voice.hpp"
#include "app/service/doors.hpp"
#include "app/service/render.hpp"
#include "app/service/routes.hpp"
#include "app/service/unknown_path.hpp"
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

http::answer no_path(const clients::dialect* in, std::string_view why_not,
                     std::string_view id) {
  failure why{errc::not_found, std::string{why_not}};
  return in ? error_in(*in, why, id) : answer_of(why);
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

// What an access log tells of who asks, as far as it is known.
template <class Note>
void note_who(const visit& v, Note to) {
  auto note = [&to](std::string_view name, std::string_view value) {
    if (!value.empty())
      to(name, value);
  };
  const auto& grant = v.grant;
  const auto& session = v.session.who;
  note("service", v.token.name);
  note("admin", session.name);
  note("tenant", grant.tenant.empty() ? session.tenant : grant.tenant);
  note("user", grant.user.empty() ? session.user : grant.user);
  note("extension", grant.extension);
}

// What a head tells: who is asking, and whether now is the time.
status may_enter(parts& of, const entry& known, const http::request& head,
                 visit& v) {
  if (auto in = let_in(of, known.who, head, v); !in)
    return in;
  if (!known.begins_work)
    return unit{};
  if (is_stopped(of, known.who, v))
    return failure{errc::stopping, "the daemon is stopping"};
  return unit{};
}

status has_room(parts& of, const entry& known, const visit& v) {
  return known.begins_work && is_call(known.who)
           ? of.of.has_room_for(v.grant.tenant)
           : status{unit{}};
}

// Taken before the turn opens: a call that is refused after that has cost as
// much as one that is made.
status take_room(parts& of, const entry& known, visit& v) {
  if (!v.is_client || !known.has_body)
    return has_room(of, known, v);
  auto place = of.of.take_place(v.grant.tenant);
  if (!place)
    return place.error();
  v.place = *std::move(place);
  return unit{};
}

// Errors: those of `route`.
status enter(parts& of, const entry& known, visit& v) {
  auto may = may_enter(of, known, v.at->asked(), v);
  note_who(v, [&v](auto name, auto value) { v.at->note(name, value); });
  if (may)
    may = take_room(of, known, v);
  if (!may)
    return may;
  if (known.has_body)
    if (auto read = read_body(v); !read)
      return read;
  if (known.begins_work && is_call(known.who) && !v.is_client)
    return of.of.access().use_call_token(v.grant);
  return unit{};
}

/// The route that a head means, and if there is none why.
struct meant {
  const entry* known = nullptr;
  std::string argument = {};
  const clients::dialect* in = nullptr;
  /// Methods of the routes with this path.
  std::string allowed = {};
  /// As routes have it; empty: there is none, because of `why_not`.
  std::string_view path = {};
  std::string_view why_not = {};

  std::string_view method() const noexcept {
    return known ? known->method : std::string_view{};
  }
};

meant find_route(const http::request& head) {
  meant found;
  for (const auto& each : routes()) {
    auto argument = match(each.path, head.path);
    if (!argument)
      continue;
    found.in = dialect_of(each.in, head);
    found.path = each.path;
    if (each.method == head.method) {
      found.known = &each;
      found.argument = *std::move(argument);
      break;
    }
    found.allowed.append(found.allowed.empty() ? "" : ", ").append(each.method);
  }
  if (found.path.empty()) {
    auto in = words_of_unknown(routes(), head.path);
    found.in = dialect_of(in, head);
    found.why_not = why_unknown(in, head.path);
  }
  return found;
}

// What is refused before there is an exchange, for who watches and for an
// access log.
void tell_refused(const parts& of, const meant& found, http::answer& made) {
  if (!found.path.empty())
    made.said.emplace_back("route", found.path);
  if (!of.watch)
    return;
  seen_request seen;
  seen.method = found.method();
  seen.route = found.known ? found.path : std::string_view{};
  seen.since = std::chrono::system_clock::now();
  seen.status = made.status;
  seen.is_whole = true;
  of.watch->ended(seen);
}

http::answer no_route(const parts& of, meant found) {
  if (found.allowed.empty())
    return no_path(found.in, found.why_not, of.new_id());
  return wrong_method(found.in, std::move(found.allowed), of.new_id());
}

void prepare(const parts& of, meant& found, visit& v) {
  v.argument = std::move(found.argument);
  v.in = found.in;
  if (v.in)
    v.id = of.new_id();
}

// Tenants, and what a service token is for, do not share an account.
std::string payer_of(const visit& v) {
  if (!v.grant.tenant.empty())
    return "tenant " + v.grant.tenant;
  if (!v.token.name.empty())
    return "service " + v.token.name;
  const auto& who = v.session.who;
  return who.tenant.empty() ? "" : "tenant " + who.tenant;
}

} // namespace

void route(parts& of, const http::exchange_ptr& at) {
  auto found = find_route(at->asked());
  if (!found.path.empty())
    at->note("route", found.path);
  auto v = std::make_shared<visit>();
  v->at = watched(at, of.watch, found.method(), found.known ? found.path : "",
                  v->trace);
  if (!found.known)
    return v->at->reply(no_route(of, std::move(found)));
  prepare(of, found, *v);
  if (v->in)
    at->note("call", v->id);
  if (auto entered = enter(of, *found.known, *v); !entered)
    return v->at->reply(error_of(*v, entered.error()));
  found.known->run(of, v);
}

http::head_verdict look_at_head(parts& of, const http::request& head) {
  auto found = find_route(head);
  auto refuse = [&](http::answer made) {
    tell_refused(of, found, made);
    return http::head_verdict{std::move(made)};
  };
  if (!found.known)
    return refuse(no_route(of, found));
  visit v;
  prepare(of, found, v);
  auto may = may_enter(of, *found.known, head, v);
  if (may)
    may = has_room(of, *found.known, v);
  if (may)
    return {{}, payer_of(v)};
  auto made = error_of(v, may.error());
  note_who(
    v, [&made](auto name, auto value) { made.said.emplace_back(name, value); });
  return refuse(std::move(made));
}

http::answer refusal_of(const parts& of, int status, std::string_view why,
                        const http::request* head) {
  auto found = head ? find_route(*head) : meant{};
  auto made = found.in ? refused_in(*found.in, status, why, of.new_id())
                       : refused_by_server(status, why);
  tell_refused(of, found, made);
  return made;
}

} // namespace byollm::service
