// SPDX-License-Identifier: Apache-2.0
// Operations on who vouches for a tenant's own servers.
#include "app/owner/json.hpp"
#include "app/owner/table.hpp"

namespace byollm::owner {

namespace {

detached set(std::string tenant, std::string pem, std::string actor,
             operation_ptr as) {
  auto done = as->of().admin().set_tenant_ca(std::move(tenant), std::move(pem),
                                             std::move(actor));
  answer(as, co_await done);
}

detached remove(std::string tenant, std::string actor, operation_ptr as) {
  auto done
    = as->of().admin().remove_tenant_ca(std::move(tenant), std::move(actor));
  answer(as, co_await done);
}

std::string render(const std::optional<ca_view>& found) {
  return json_text([&](json_writer& to) {
    if (!found) {
      to.Null();
      return;
    }
    to.StartObject();
    put(to, "fingerprint", found->fingerprint);
    to.Key("certificates");
    to.StartArray();
    for (const auto& one : found->certificates) {
      to.StartObject();
      put(to, "subject", one.subject);
      to.Key("expires_unix");
      to.Int64(one.expires_unix);
      to.EndObject();
    }
    to.EndArray();
    put(to, "pem", found->pem);
    to.EndObject();
  });
}

detached show(std::string tenant, operation_ptr as) {
  auto asked = as->of().admin().tenant_ca(std::move(tenant));
  answer(as, co_await asked,
         [](const std::optional<ca_view>& x) { return render(x); });
}

} // namespace

void ca_set(fields& in, operation_ptr as) {
  auto tenant = in.text("tenant");
  auto pem = in.text("pem");
  auto actor = in.text_or("actor", "cli");
  if (!refused(in, as))
    set(std::move(tenant), std::move(pem), std::move(actor), std::move(as));
}

void ca_show(fields& in, operation_ptr as) {
  auto tenant = in.text("tenant");
  if (!refused(in, as))
    show(std::move(tenant), std::move(as));
}

void ca_rm(fields& in, operation_ptr as) {
  auto tenant = in.text("tenant");
  auto actor = in.text_or("actor", "cli");
  if (!refused(in, as))
    remove(std::move(tenant), std::move(actor), std::move(as));
}

} // namespace byollm::owner
