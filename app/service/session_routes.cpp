// SPDX-License-Identifier: Apache-2.0
// Logging in by a link, and out.
#include "app/owner/fields.hpp"
#include "app/owner/json.hpp"
#include "app/owner/login.hpp"
#include "app/service/parts.hpp"
#include "app/service/render.hpp"

namespace byollm::service {

namespace {

void put_identity(owner::json_writer& to, const login_identity& who) {
  owner::put(to, "is", who.is_admin ? "admin" : "user");
  if (who.is_admin)
    return owner::put(to, "name", who.name);
  owner::put(to, "tenant", who.tenant);
  owner::put(to, "user", who.user);
}

std::string render(const login_identity& who) {
  return owner::json_text([&](owner::json_writer& to) {
    to.StartObject();
    put_identity(to, who);
    to.EndObject();
  });
}

std::string render(const pages::session& session) {
  return owner::json_text([&](owner::json_writer& to) {
    to.StartObject();
    put_identity(to, session.who);
    owner::put(to, "csrf", session.csrf);
    to.Key("expires_unix_ms");
    to.Int64(session.expires_unix_ms);
    to.EndObject();
  });
}

expected<std::string> ticket_in(const visit& v) {
  owner::fields in{v.body};
  auto ticket = in.text("ticket");
  if (auto problem = in.problem())
    return *problem;
  return ticket;
}

expected<pages::new_session> begin_session(parts& of, const visit& v) {
  auto ticket = ticket_in(v);
  if (!ticket)
    return ticket.error();
  auto who = of.of.access().use_login(*ticket);
  if (!who)
    return who.error();
  return of.sessions.begin(*std::move(who));
}

} // namespace

void show_login(parts& of, const visit_ptr& v) {
  auto ticket = ticket_in(*v);
  if (!ticket)
    return v->at->reply(answer_of(ticket.error()));
  auto who = of.of.access().show_login(*ticket);
  if (who)
    v->at->reply({200, render(*who)});
  else
    v->at->reply(answer_of(who.error()));
}

void log_in(parts& of, const visit_ptr& v) {
  auto begun = begin_session(of, *v);
  if (!begun)
    return v->at->reply(answer_of(begun.error()));
  http::answer made{200, render(begun->shown)};
  made.headers
    = {{"Set-Cookie", pages::keep_cookie(begun->cookie, *of.site.get())}};
  v->at->reply(std::move(made));
}

void show_session(parts&, const visit_ptr& v) {
  v->at->reply({200, render(v->session)});
}

void log_out(parts& of, const visit_ptr& v) {
  of.sessions.end(pages::session_cookie(v->at->asked(), *of.site.get()));
  http::answer made{204};
  made.headers = {{"Set-Cookie", pages::drop_cookie(*of.site.get())}};
  v->at->reply(std::move(made));
}

void make_login(parts& of, const visit_ptr& v) {
  owner::fields in{v->body};
  auto who = owner::read_login(in);
  auto problem = in.problem();
  if (problem)
    return v->at->reply(answer_of(*problem));
  // Whoever mints tokens speaks for users; an admin's link takes an admin's
  // token.
  auto needs = who.is_admin ? service_scope::admin : service_scope::tokens;
  if ((v->token.scopes & static_cast<uint32_t>(needs)) == 0)
    return v->at->reply(
      answer_of({errc::forbidden, "the token lacks the scope \""
                                    + std::string{to_string(needs)} + '"'}));
  auto made
    = of.of.access().make_login(std::move(who), "service:" + v->token.name);
  if (made)
    v->at->reply({201, owner::render(*made)});
  else
    v->at->reply(answer_of(made.error()));
}

} // namespace byollm::service
