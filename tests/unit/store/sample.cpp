// SPDX-License-Identifier: Apache-2.0
#include "sample.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>

namespace byollm::sample {

scratch::scratch() {
  auto name
    = (std::filesystem::temp_directory_path() / "byollm-store-XXXXXX").string();
  REQUIRE(::mkdtemp(name.data()));
  path_ = name;
}

scratch::~scratch() {
  std::error_code error;
  std::filesystem::remove_all(path_, error);
}

call_context_ptr context(std::string_view tenant, std::string_view user) {
  return std::make_shared<const call_context>(
    call_context{{*tenant_id::parse(tenant), *user_id::parse(user),
                  *app_id::parse("novel-writer")},
                 *turn_id::parse("turn-1"),
                 {turn_source::panel, "write_chapter", action_type::write}});
}

llm_target::ptr user_target(std::shared_ptr<const sealed_key> sealed) {
  user_owner owner{*tenant_id::parse("acme"), *user_id::parse("ada")};
  auto url = base_url::parse("https://api.anthropic.com");
  endpoint<user_owner> to{owner, "anthropic", *url, reach::public_only};
  credential<user_owner> with{owner, "anthropic", url->at(),        "key-1",
                              3,     5,           std::move(sealed)};
  auto target = llm_target::bind(to, with, "claude-sonnet");
  return *std::move(target);
}

llm_target::ptr platform_target() {
  platform_owner owner;
  auto url = base_url::parse("https://api.openai.com/v1");
  endpoint<platform_owner> to{owner, "openai", *url, reach::public_only};
  credential<platform_owner> with{owner, "openai", url->at(), "platform",
                                  1,     1,        nullptr};
  auto target = llm_target::bind(to, with, "gpt");
  return *std::move(target);
}

create_message_request request(std::string text) {
  create_message_request result;
  result.system = "Answer briefly.";
  result.messages = {{role::user, {text_block{std::move(text)}}}};
  return result;
}

intent_record intent(std::string call, uint32_t attempt) {
  intent_record result;
  result.context = context();
  result.call = std::move(call);
  result.attempt = attempt;
  result.purpose = "chain_narrator";
  result.target = user_target();
  result.model = "claude-sonnet";
  result.asked = answerer::user;
  result.fallback_from = "ollama";
  result.params = {
    {parameter::temperature, rung::purpose, disposition::taken, "0.4", ""},
    {parameter::top_p, rung::unset, disposition::unset, "", ""},
    {parameter::max_tokens, rung::call, disposition::clamped, "4000",
     "admin ceiling"},
  };
  result.request = std::make_shared<const create_message_request>(request());
  result.received_unix_ms = 1'700'000'000'000;
  result.deadline_unix_ms = 1'700'000'600'000;
  return result;
}

outcome_record outcome(std::string call, uint32_t attempt) {
  outcome_record result;
  result.context = context();
  result.call = std::move(call);
  result.attempt = attempt;
  result.status = call_status::success;
  result.sent = certainty::yes;
  result.usage = {token_usage::source::provider, 10, 0, {}, 20, 5};
  result.stop = stop_reason::end_turn;
  result.model = "claude-sonnet-20";
  result.provider_request_id = "req_1";
  result.billing = billing_class::byollm;
  result.latency_us = 1'234'567;
  result.first_byte_us = 345'678;
  result.finished_unix_ms = 1'700'000'001'234;
  return result;
}

refusal_record refusal(std::string call) {
  refusal_record result;
  result.context = context();
  result.call = std::move(call);
  result.purpose = "chain_narrator";
  result.status = call_status::validation_rejected;
  result.why
    = {errc::invalid_request, "must lie between 0 and 2", "temperature"};
  result.received_unix_ms = 1'700'000'000'000;
  return result;
}

change_record change() {
  return {"cli", "acme", "ada", "llm", "model set", 1'700'000'000'000};
}

std::string value(const ledger_row& row, std::string_view field) {
  for (const auto& [name, text] : row.fields)
    if (name == field)
      return text;
  return "(missing)";
}

secret_bytes fingerprint_key(uint8_t fill) {
  auto key = secret_bytes::copy_of(std::vector<uint8_t>(32, fill));
  REQUIRE(key);
  return *std::move(key);
}

expected<std::unique_ptr<store>> try_open(store_options options) {
  return open_store(std::move(options), fingerprint_key());
}

std::unique_ptr<store> open(const std::filesystem::path& directory) {
  store_options options;
  options.directory = directory;
  auto opened = try_open(std::move(options));
  if (!opened)
    FAIL(describe(opened.error()));
  return *std::move(opened);
}

expected<uint64_t> append(store& to, std::vector<ledger_entry> batch) {
  return wait<expected<uint64_t>>(
    [&](auto done) { to.append(std::move(batch), std::move(done)); });
}

expected<std::vector<ledger_row>> list(store& from,
                                       ledger_reader::filter which) {
  return wait<expected<std::vector<ledger_row>>>(
    [&](auto done) { from.list(std::move(which), std::move(done)); });
}

ledger_verdict check_bill(store& of) {
  auto verdict = wait<expected<ledger_verdict>>(
    [&](auto done) { of.check_bill(std::move(done)); });
  if (!verdict)
    FAIL(describe(verdict.error()));
  return *verdict;
}

std::vector<usage_row> usage(store& of, usage_filter which) {
  auto rows = wait<expected<std::vector<usage_row>>>(
    [&](auto done) { of.usage(std::move(which), std::move(done)); });
  if (!rows)
    FAIL(describe(rows.error()));
  return *rows;
}

ledger_verdict verify(store& of) {
  auto verdict = wait<expected<ledger_verdict>>(
    [&](auto done) { of.verify({}, std::move(done)); });
  if (!verdict)
    FAIL(describe(verdict.error()));
  return *verdict;
}

} // namespace byollm::sample
