// SPDX-License-Identifier: Apache-2.0
// Operations on the tokens of users' own programs.
#include "app/owner/json.hpp"
#include "app/owner/table.hpp"
#include "app/owner/token_json.hpp"

#include <algorithm>

namespace byollm::owner {

namespace {

void put_fields(json_writer& to, const client_token_view& token) {
  put(to, "id", token.id);
  put(to, "tenant", token.tenant);
  put(to, "user", token.user);
  put(to, "extension", token.extension);
  to.Key("purposes");
  to.StartArray();
  for (const auto& purpose : token.purposes)
    put(to, purpose);
  to.EndArray();
  to.Key("created_unix_ms");
  to.Int64(token.created_unix_ms);
  if (token.expires_unix_ms == 0)
    return;
  to.Key("expires_unix_ms");
  to.Int64(token.expires_unix_ms);
}

std::string render(const new_client_token& token) {
  return render_new(token, put_fields);
}

std::string render(const std::vector<client_token_view>& tokens) {
  return render_all(tokens, put_fields);
}

detached add(client_token_view wanted, uint32_t days, std::string actor,
             operation_ptr as) {
  auto made = as->of().access().add_client_token(std::move(wanted), days,
                                                 std::move(actor));
  answer(as, co_await made,
         [](const new_client_token& x) { return render(x); });
}

detached revoke(std::string id, std::string actor, operation_ptr as) {
  auto done
    = as->of().access().revoke_client_token(std::move(id), std::move(actor));
  answer(as, co_await done);
}

detached revoke_all(std::string tenant, std::string user, std::string actor,
                    operation_ptr as) {
  auto done = as->of().access().revoke_client_tokens(
    std::move(tenant), std::move(user), std::move(actor));
  answer(as, co_await done);
}

} // namespace

void client_token_add(fields& in, operation_ptr as) {
  client_token_view wanted;
  wanted.tenant = in.text("tenant");
  wanted.user = in.text("user");
  wanted.extension = in.text_or("extension", "api");
  wanted.purposes = in.texts("purposes").value_or(std::vector<std::string>{});
  auto days = std::min<uint64_t>(in.number("days").value_or(0), UINT32_MAX);
  auto actor = in.text_or("actor", "cli");
  if (!refused(in, as))
    add(std::move(wanted), static_cast<uint32_t>(days), std::move(actor),
        std::move(as));
}

void client_token_list(fields& in, operation_ptr as) {
  auto tenant = in.text_or("tenant", "");
  auto user = in.text_or("user", "");
  if (!refused(in, as))
    as->result(render(as->of().access().client_tokens(tenant, user)));
}

void client_token_revoke_all(fields& in, operation_ptr as) {
  auto tenant = in.text("tenant");
  auto user = in.text("user");
  auto actor = in.text_or("actor", "cli");
  if (!refused(in, as))
    revoke_all(std::move(tenant), std::move(user), std::move(actor),
               std::move(as));
}

void client_token_revoke(fields& in, operation_ptr as) {
  auto id = in.text("id");
  auto actor = in.text_or("actor", "cli");
  if (!refused(in, as))
    revoke(std::move(id), std::move(actor), std::move(as));
}

} // namespace byollm::owner
