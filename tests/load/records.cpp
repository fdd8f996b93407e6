// SPDX-License-Identifier: Apache-2.0
#include "tests/load/records.hpp"

#include <cstdio>
#include <cstdlib>

namespace byollm::load {

namespace {

call_context_ptr context() {
  static const auto result = std::make_shared<const call_context>(
    call_context{{*tenant_id::parse("acme"), *user_id::parse("ada"),
                  *app_id::parse("novel-writer")},
                 *turn_id::parse("018f3c2e-0000-7000-8000-000000000000"),
                 {turn_source::chat, "write_chapter", action_type::write}});
  return result;
}

llm_target::ptr make_target() {
  user_owner owner{*tenant_id::parse("acme"), *user_id::parse("ada")};
  auto url = *base_url::parse("https://api.anthropic.com");
  endpoint<user_owner> to{owner, "anthropic", url, reach::public_only};
  credential<user_owner> with{owner, "anthropic", url.at(), "key-1",
                              1,     1,           nullptr};
  return *llm_target::bind(to, with, "claude-sonnet");
}

std::string call_id(size_t number) {
  char result[64];
  std::snprintf(result, sizeof(result), "018f3c2e-0000-7000-8000-%012zx",
                number);
  return result;
}

} // namespace

intent_record make_intent(size_t number) {
  static const auto asked = make_target();
  static const auto request = [] {
    auto result = std::make_shared<create_message_request>();
    result->messages = {{role::user, {text_block{std::string(300, 'x')}}}};
    return result;
  }();
  intent_record intent;
  intent.context = context();
  intent.call = call_id(number);
  intent.target = asked;
  intent.model = "claude-sonnet";
  intent.request = request;
  intent.purpose = "chain_narrator";
  intent.params
    = {{parameter::temperature, rung::purpose, disposition::taken, "0.4", ""}};
  return intent;
}

outcome_record make_outcome(size_t number) {
  outcome_record outcome;
  outcome.context = context();
  outcome.call = call_id(number);
  outcome.status = call_status::success;
  outcome.usage = {token_usage::source::provider, 10, 0, 0, 20, {}};
  outcome.model = "claude-sonnet-20";
  outcome.provider_request_id = "req_0123456789";
  return outcome;
}

std::vector<ledger_entry> make_batch(size_t first, size_t records) {
  std::vector<ledger_entry> result;
  result.reserve(records);
  for (auto n = first; result.size() < records; ++n)
    if (n % 2 == 0)
      result.emplace_back(make_intent(n / 2));
    else
      result.emplace_back(make_outcome(n / 2));
  return result;
}

} // namespace byollm::load
