// SPDX-License-Identifier: Apache-2.0
// Operations on the admin's tables: parameters and allowed origins.
#include "app/owner/json.hpp"
#include "app/owner/table.hpp"

namespace byollm::owner {

namespace {

parameter_scope read_scope(fields& in) {
  auto name = in.choice("scope", {"purpose", "global", "extension", "ceiling"});
  return name == "global"      ? parameter_scope::global
         : name == "extension" ? parameter_scope::extension
         : name == "ceiling"   ? parameter_scope::ceiling
                               : parameter_scope::purpose;
}

detached set_parameters(parameter_scope scope, std::string name,
                        parameters values, std::string actor,
                        operation_ptr as) {
  auto done = as->of().admin().set_parameters(
    scope, std::move(name), std::move(values), std::move(actor));
  answer(as, co_await done);
}

detached list_parameters(operation_ptr as) {
  auto asked = as->of().admin().parameter_table();
  answer(as, co_await asked, [](const parameter_view& x) { return render(x); });
}

detached allow(std::string tenant, std::string url, bool allowed,
               std::string actor, operation_ptr as) {
  auto done = as->of().admin().allow_origin(std::move(tenant), std::move(url),
                                            allowed, std::move(actor));
  answer(as, co_await done);
}

detached list_origins(std::string tenant, operation_ptr as) {
  auto asked = as->of().admin().allowed_origins(std::move(tenant));
  answer(as, co_await asked, [](const std::vector<std::string>& origins) {
    return json_text([&](json_writer& to) {
      to.StartArray();
      for (const auto& origin : origins)
        put(to, origin);
      to.EndArray();
    });
  });
}

} // namespace

void purpose_set(fields& in, operation_ptr as) {
  auto scope = read_scope(in);
  auto named
    = scope == parameter_scope::purpose || scope == parameter_scope::extension;
  auto name = named ? in.text("name") : std::string{};
  auto values = in.params("values");
  auto actor = in.text_or("actor", "cli");
  if (!refused(in, as))
    set_parameters(scope, std::move(name), std::move(values), std::move(actor),
                   std::move(as));
}

void purpose_list(fields& in, operation_ptr as) {
  if (!refused(in, as))
    list_parameters(std::move(as));
}

void origin_allow(fields& in, operation_ptr as) {
  auto tenant = in.text_or("tenant", "");
  auto url = in.text("url");
  auto allowed = in.flag("allowed", true);
  auto actor = in.text_or("actor", "cli");
  if (!refused(in, as))
    allow(std::move(tenant), std::move(url), allowed, std::move(actor),
          std::move(as));
}

void origin_list(fields& in, operation_ptr as) {
  auto tenant = in.text_or("tenant", "");
  if (!refused(in, as))
    list_origins(std::move(tenant), std::move(as));
}

} // namespace byollm::owner
