// SPDX-License-Identifier: Apache-2.0
// Who may call a service in front of the runtime.
#include "actors/change_texts.hpp"
#include "app/runtime/access_impl.hpp"
#include "app/runtime/settle.hpp"
#include "app/store/store.hpp"
#include "messages/calendar.hpp"

namespace byollm {

namespace {

change_record record(const std::string& actor, const char* subject,
                     std::string summary) {
  return {who_acts(actor), "", "", subject, std::move(summary), unix_ms_now()};
}

// A user's token is a change of that user's.
change_record record_of(const client_token_view& token,
                        const std::string& actor, std::string_view done) {
  auto made
    = record(actor, change_subject::client_token,
             token.id + " for " + token.extension + ' ' + std::string{done});
  made.tenant = token.tenant;
  made.user = token.user;
  return made;
}

} // namespace

void access_accessor::impl::change(access_change what, change_record why,
                                   std::function<void(status)> done) const {
  auto held = core.lock();
  store* to = nullptr;
  std::unique_lock<std::mutex> guard;
  if (held) {
    guard = std::unique_lock{held->mutex};
    to = held->store;
  }
  if (!to)
    return done(failure{errc::stopping, "the runtime is stopping"});
  auto copy = what;
  to->change_access(
    std::move(copy), std::move(why),
    [core = core, book = book, what = std::move(what),
     done = std::move(done)](status made) {
      if (made)
        book->apply(what);
      soon(core.lock(),
           [done, made = std::move(made)]() mutable { done(std::move(made)); });
    });
}

pending<new_service_token> access_accessor::add_token(std::string name,
                                                      uint32_t scopes,
                                                      std::string extension,
                                                      std::string actor) const {
  auto bad = [](const char* parameter, std::string detail) {
    return settled<new_service_token>(
      failure{errc::invalid_request, std::move(detail), parameter});
  };
  if (!is_valid_id(name))
    return bad("name", "a token's name has 1 to 128 bytes of [A-Za-z0-9._:@-]");
  auto offers
    = (scopes & static_cast<uint32_t>(service_scope::extensions)) != 0;
  if (offers ? extension != "*" && !is_valid_id(extension) : !extension.empty())
    return bad("extension", "a token with the scope \"extensions\", and no "
                            "other, names the extension that it is for, or "
                            "\"*\"");
  auto token
    = impl_->book->make({std::move(name), scopes, std::move(extension)});
  if (!token)
    return settled<new_service_token>(token.error());
  auto [state, made] = make_pending<new_service_token>();
  const auto& shown = token->stored.shown;
  impl_->change({token->stored, {}, {}},
                record(actor, change_subject::service_token,
                       shown.name + " may " + names_of_scopes(shown.scopes)),
                [state = state, text = token->text, shown](status done) {
                  if (done)
                    state->settle(new_service_token{text, shown});
                  else
                    state->settle(done.error());
                });
  return made;
}

pending<unit> access_accessor::revoke_token(std::string name,
                                            std::string actor) const {
  auto [state, made] = make_pending<unit>();
  auto why = record(actor, change_subject::service_token, name + " revoked");
  impl_->change({{}, std::move(name), {}}, std::move(why),
                [state = state](status done) { state->settle(done); });
  return made;
}

std::vector<service_token_view> access_accessor::tokens() const {
  return impl_->book->tokens();
}

expected<service_token_view>
access_accessor::check_token(std::string_view text) const {
  return impl_->book->check_service(text);
}

void access_accessor::serve_logins(std::string base_url) const {
  impl_->logins->open(std::move(base_url));
}

expected<login_link> access_accessor::make_login(login_identity who,
                                                 std::string actor) const {
  auto whom = who.is_admin ? "admin " + who.name : who.tenant + ' ' + who.user;
  auto made = impl_->logins->make(std::move(who));
  if (auto held = impl_->core.lock(); held && made)
    held->log(log_level::info, "a login link was made",
              {{"for", whom}, {"actor", who_acts(actor)}});
  return made;
}

expected<login_identity>
access_accessor::show_login(std::string_view ticket) const {
  return impl_->logins->look(ticket);
}

expected<login_identity>
access_accessor::use_login(std::string_view ticket) const {
  return impl_->logins->use(ticket);
}

expected<call_token>
access_accessor::mint(call_grant grant, std::chrono::milliseconds ttl) const {
  return impl_->book->mint(std::move(grant), ttl);
}

expected<call_grant>
access_accessor::check_call_token(std::string_view text) const {
  return impl_->book->check_call(text);
}

status access_accessor::use_call_token(const call_grant& grant) const {
  return impl_->book->use(grant);
}

pending<new_client_token>
access_accessor::add_client_token(client_token_view wanted, uint32_t days,
                                  std::string actor) const {
  auto token = impl_->book->make_client(std::move(wanted), days);
  if (!token)
    return settled<new_client_token>(token.error());
  auto [state, made] = make_pending<new_client_token>();
  access_change what;
  what.add_client = token->stored;
  const auto& shown = token->stored.shown;
  impl_->change(std::move(what), record_of(shown, actor, "added"),
                [state = state, text = token->text, shown](status done) {
                  if (done)
                    state->settle(new_client_token{text, shown});
                  else
                    state->settle(done.error());
                });
  return made;
}

pending<unit> access_accessor::revoke_client_token(std::string id,
                                                   std::string actor) const {
  auto known = impl_->book->clients().find(id);
  if (!known)
    return settled<unit>(
      failure{errc::not_found, "no client token has this id", "id"});
  auto [state, made] = make_pending<unit>();
  access_change what;
  what.remove_client = std::move(id);
  impl_->change(std::move(what), record_of(*known, actor, "revoked"),
                [state = state](status done) { state->settle(done); });
  return made;
}

pending<unit> access_accessor::revoke_client_tokens(std::string tenant,
                                                    std::string user,
                                                    std::string actor) const {
  if (!is_valid_id(tenant) || !is_valid_id(user))
    return settled<unit>(failure{
      errc::invalid_request,
      "tenant and user have 1 to 128 bytes of [A-Za-z0-9._:@-]", "user"});
  auto [state, made] = make_pending<unit>();
  auto why = record(actor, change_subject::client_token, "all revoked");
  why.tenant = tenant;
  why.user = user;
  access_change what;
  what.remove_clients_of = {std::move(tenant), std::move(user)};
  impl_->change(std::move(what), std::move(why),
                [state = state](status done) { state->settle(done); });
  return made;
}

std::vector<client_token_view>
access_accessor::client_tokens(std::string_view tenant,
                               std::string_view user) const {
  return impl_->book->clients().list(tenant, user);
}

expected<client_token_view>
access_accessor::check_client_token(std::string_view text) const {
  return impl_->book->check_client(text);
}

pending<unit> access_accessor::rotate_signing_secret(std::string actor) const {
  auto [state, made] = make_pending<unit>();
  auto next = impl_->book->generation() + 1;
  impl_->change({{}, {}, next},
                record(actor, change_subject::signing_secret,
                       "secret " + std::to_string(next)),
                [state = state](status done) { state->settle(done); });
  return made;
}

} // namespace byollm
