// SPDX-License-Identifier: Apache-2.0
// Operations on what extensions may do.
#include "app/owner/json.hpp"
#include "app/owner/table.hpp"

namespace byollm::owner {

namespace {

detached set_policy(std::string extension, std::optional<extension_policy> may,
                    std::string actor, operation_ptr as) {
  auto done = as->of().admin().set_policy(std::move(extension), std::move(may),
                                          std::move(actor));
  answer(as, co_await done);
}

detached list_policies(operation_ptr as) {
  auto asked = as->of().admin().policies();
  answer(as, co_await asked, [](const policy_table& x) { return render(x); });
}

detached set_rules(platform_rules rules, std::string actor, operation_ptr as) {
  auto done = as->of().admin().set_rules(rules, std::move(actor));
  answer(as, co_await done);
}

} // namespace

void policy_set(fields& in, operation_ptr as) {
  auto extension = in.text("extension");
  extension_policy may;
  may.purposes = in.texts("purposes");
  may.models = in.texts("models");
  may.calls_per_day = in.number("calls_per_day");
  may.tokens_per_day = in.number("tokens_per_day");
  auto actor = in.text_or("actor", "cli");
  if (!refused(in, as))
    set_policy(std::move(extension), std::move(may), std::move(actor),
               std::move(as));
}

void policy_remove(fields& in, operation_ptr as) {
  auto extension = in.text("extension");
  auto actor = in.text_or("actor", "cli");
  if (!refused(in, as))
    set_policy(std::move(extension), std::nullopt, std::move(actor),
               std::move(as));
}

void policy_naming(fields& in, operation_ptr as) {
  platform_rules rules;
  rules.caller_may_name_model
    = in.choice("policy", {"refuse", "allow"}) == "allow";
  auto actor = in.text_or("actor", "cli");
  if (!refused(in, as))
    set_rules(rules, std::move(actor), std::move(as));
}

void policy_list(fields& in, operation_ptr as) {
  if (!refused(in, as))
    list_policies(std::move(as));
}

} // namespace byollm::owner
