// SPDX-License-Identifier: Apache-2.0
// Operations on the platform's rules of the cascade.
#include "app/owner/json.hpp"
#include "app/owner/table.hpp"

#include "messages/limits.hpp"

namespace byollm::owner {

namespace {

detached set_rules(platform_rules rules, std::string actor, operation_ptr as) {
  auto done = as->of().admin().set_rules(rules, std::move(actor));
  answer(as, co_await done);
}

detached show_rules(operation_ptr as) {
  auto asked = as->of().admin().rules();
  answer(as, co_await asked, [](const platform_rules& x) { return render(x); });
}

// What a user may know of the platform's: whether it answers.
detached show_platform(operation_ptr as) {
  auto admin = as->of().admin();
  auto asked = admin.platform_llm();
  auto llm = co_await asked;
  if (!llm)
    co_return as->fail(llm.error());
  auto asked_for_rules = admin.rules();
  auto rules = co_await asked_for_rules;
  if (!rules)
    co_return as->fail(rules.error());
  auto refuses = rules->when_disabled == disabled_policy::refuse;
  as->result(json_text([&](json_writer& to) {
    to.StartObject();
    put(to, "llm", !*llm ? "none" : (*llm)->enabled ? "on" : "off");
    put(to, "when_disabled", refuses ? "refuse" : "platform");
    to.EndObject();
  }));
}

platform_rules read_rules(fields& in) {
  platform_rules out;
  if (in.find("when_disabled"))
    out.when_disabled
      = in.choice("when_disabled", {"platform", "refuse"}) == "refuse"
          ? disabled_policy::refuse
          : disabled_policy::platform;
  if (in.find("caller_may_name_model"))
    out.caller_may_name_model = in.flag("caller_may_name_model");
  if (auto retries = in.number("ambiguous_retries")) {
    if (*retries > limits::ambiguous_retries)
      in.refuse("ambiguous_retries", "ambiguous_retries is 0 or 1");
    out.ambiguous_retries = static_cast<uint32_t>(*retries);
  }
  if (in.find("unknown_price"))
    out.unknown_price
      = in.choice("unknown_price", {"unpriced", "refuse"}) == "refuse"
          ? unknown_price_policy::refuse
          : unknown_price_policy::unpriced;
  return out;
}

} // namespace

void rules_set(fields& in, operation_ptr as) {
  auto rules = read_rules(in);
  if (rules == platform_rules{})
    in.refuse("when_disabled", "no rule is named");
  auto actor = in.text_or("actor", "cli");
  if (!refused(in, as))
    set_rules(rules, std::move(actor), std::move(as));
}

void rules_show(fields& in, operation_ptr as) {
  if (!refused(in, as))
    show_rules(std::move(as));
}

void platform_state(fields& in, operation_ptr as) {
  if (!refused(in, as))
    show_platform(std::move(as));
}

} // namespace byollm::owner
