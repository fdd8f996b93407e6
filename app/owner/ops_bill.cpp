// SPDX-License-Identifier: Apache-2.0
// Operations on prices and usage.
#include "app/owner/json.hpp"
#include "app/owner/table.hpp"

namespace byollm::owner {

namespace {

detached change(price_entry price, std::string actor, operation_ptr as) {
  auto done = as->of().admin().change_price(std::move(price), std::move(actor));
  answer(as, co_await done);
}

detached list_prices(operation_ptr as) {
  auto asked = as->of().admin().price_table();
  answer(as, co_await asked, [](const price_view& x) { return render(x); });
}

detached set_rules(platform_rules rules, std::string actor, operation_ptr as) {
  auto done = as->of().admin().set_rules(rules, std::move(actor));
  answer(as, co_await done);
}

detached sum_up(usage_filter which, operation_ptr as) {
  auto asked = as->reads().usage(std::move(which));
  answer(as, co_await asked,
         [](const std::vector<usage_row>& x) { return render(x); });
}

price_entry read_entry(fields& in) {
  price_entry out;
  out.provider = in.text("provider");
  out.model = in.text("model");
  if (auto from = in.number("from_unix_ms"))
    out.effective_unix_ms = static_cast<int64_t>(*from);
  return out;
}

} // namespace

void price_set(fields& in, operation_ptr as) {
  auto price = read_entry(in);
  price.per_million
    = token_prices{in.number("input_uncached"), in.number("cache_read"),
                   in.number("cache_write"), in.number("output")};
  auto actor = in.text_or("actor", "cli");
  if (!refused(in, as))
    change(std::move(price), std::move(actor), std::move(as));
}

void price_remove(fields& in, operation_ptr as) {
  auto price = read_entry(in);
  auto actor = in.text_or("actor", "cli");
  if (!refused(in, as))
    change(std::move(price), std::move(actor), std::move(as));
}

void price_list_all(fields& in, operation_ptr as) {
  if (!refused(in, as))
    list_prices(std::move(as));
}

void price_unknown(fields& in, operation_ptr as) {
  platform_rules rules;
  rules.unknown_price = in.choice("policy", {"unpriced", "refuse"}) == "refuse"
                          ? unknown_price_policy::refuse
                          : unknown_price_policy::unpriced;
  auto actor = in.text_or("actor", "cli");
  if (!refused(in, as))
    set_rules(rules, std::move(actor), std::move(as));
}

void show_usage(fields& in, operation_ptr as) {
  usage_filter which;
  which.first_day = in.day("first_day");
  which.last_day = in.day("last_day");
  which.tenant = in.text_or("tenant", "");
  which.user = in.text_or("user", "");
  which.extension = in.text_or("extension", "");
  which.purpose = in.maybe_text("purpose");
  auto billing = in.choice("billing", {"", "byollm", "platform"});
  if (!billing.empty())
    which.billing
      = billing == "byollm" ? billing_class::byollm : billing_class::platform;
  which.provider = in.text_or("provider", "");
  which.model = in.text_or("model", "");
  if (!refused(in, as))
    sum_up(std::move(which), std::move(as));
}

} // namespace byollm::owner
