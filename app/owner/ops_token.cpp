// SPDX-License-Identifier: Apache-2.0
// Operations on who may call the service.
#include "app/owner/grant.hpp"
#include "app/owner/json.hpp"
#include "app/owner/table.hpp"
#include "app/owner/token_json.hpp"

namespace byollm::owner {

namespace {

void put_fields(json_writer& to, const service_token_view& token) {
  put(to, "name", token.name);
  put(to, "scopes", names_of_scopes(token.scopes));
  if (!token.extension.empty())
    put(to, "extension", token.extension);
  to.Key("created_unix_ms");
  to.Int64(token.created_unix_ms);
}

std::string render(const new_service_token& token) {
  return render_new(token, put_fields);
}

std::string render(const std::vector<service_token_view>& tokens) {
  return render_all(tokens, put_fields);
}

detached add(std::string name, uint32_t scopes, std::string extension,
             std::string actor, operation_ptr as) {
  auto made = as->of().access().add_token(
    std::move(name), scopes, std::move(extension), std::move(actor));
  answer(as, co_await made,
         [](const new_service_token& x) { return render(x); });
}

detached revoke(std::string name, std::string actor, operation_ptr as) {
  auto done = as->of().access().revoke_token(std::move(name), std::move(actor));
  answer(as, co_await done);
}

detached rotate(std::string actor, operation_ptr as) {
  auto done = as->of().access().rotate_signing_secret(std::move(actor));
  answer(as, co_await done);
}

} // namespace

void token_add(fields& in, operation_ptr as) {
  auto name = in.text("name");
  auto scopes = scopes_of(in.text("scopes"));
  auto extension = in.text_or("extension", "");
  auto actor = in.text_or("actor", "cli");
  if (refused(in, as))
    return;
  if (!scopes)
    return as->fail(scopes.error());
  add(std::move(name), *scopes, std::move(extension), std::move(actor),
      std::move(as));
}

void token_list(fields& in, operation_ptr as) {
  if (!refused(in, as))
    as->result(render(as->of().access().tokens()));
}

void token_revoke(fields& in, operation_ptr as) {
  auto name = in.text("name");
  auto actor = in.text_or("actor", "cli");
  if (!refused(in, as))
    revoke(std::move(name), std::move(actor), std::move(as));
}

void token_rotate(fields& in, operation_ptr as) {
  auto actor = in.text_or("actor", "cli");
  if (!refused(in, as))
    rotate(std::move(actor), std::move(as));
}

void token_mint(fields& in, operation_ptr as) {
  auto asked = read_grant(in);
  if (!refused(in, as))
    answer(as, as->of().access().mint(std::move(asked.grant), asked.ttl),
           [](const call_token& x) { return render(x); });
}

} // namespace byollm::owner
