// SPDX-License-Identifier: Apache-2.0
// Goal: which value of a parameter applies, and that its way is told.
// Method: one admin's tables, asked with different calls.
#include "actors/cascade_parameters.hpp"
#include "tests/support/targets.hpp"

#include <catch2/catch.hpp>

namespace byollm {

namespace {

const provenance& about(const effective_parameters& from, parameter which) {
  return from.provenances[static_cast<size_t>(which)];
}

effective_parameters merge(const platform_config& admin,
                           const create_message_request& request,
                           const std::string& provider = "openai",
                           const std::string& model = "gpt-4.1") {
  auto table = two_providers();
  return merge_parameters(admin, *app_id::parse("writer"), request,
                          *find_provider(*table, provider), model);
}

} // namespace

TEST_CASE("the first rung that sets a parameter wins", "[cascade]") {
  platform_config admin;
  create_message_request request;
  request.purpose = "chain_narrator";
  CHECK(about(merge(admin, request), parameter::temperature).set_by
        == rung::unset);
  admin.global.temperature = 0.1;
  CHECK(merge(admin, request).values.temperature == 0.1);
  admin.per_purpose["chain_narrator"].temperature = 0.4;
  CHECK(merge(admin, request).values.temperature == 0.4);
  admin.per_extension["writer"].temperature = 0.6;
  CHECK(merge(admin, request).values.temperature == 0.6);
  request.params.temperature = 0.9;
  auto last = merge(admin, request);
  CHECK(last.values.temperature == 0.9);
  CHECK(about(last, parameter::temperature)
        == provenance{parameter::temperature, rung::call, disposition::taken,
                      "0.9", ""});
}

TEST_CASE("each parameter finds its own rung", "[cascade]") {
  platform_config admin;
  admin.global.top_p = 0.5;
  admin.per_purpose["p"].max_tokens = 800;
  create_message_request request;
  request.purpose = "p";
  request.params.temperature = 0.2;
  auto made = merge(admin, request);
  CHECK(about(made, parameter::temperature).set_by == rung::call);
  CHECK(about(made, parameter::top_p).set_by == rung::global);
  CHECK(about(made, parameter::max_tokens).set_by == rung::purpose);
  CHECK(about(made, parameter::stop_sequences).set_by == rung::unset);
  CHECK(made.provenances.size() == parameter_count);
}

TEST_CASE("stop sequences replace and never merge", "[cascade]") {
  platform_config admin;
  admin.global.stop_sequences = {{"A", "B"}};
  create_message_request request;
  request.params.stop_sequences = {{"C"}};
  CHECK(merge(admin, request).values.stop_sequences
        == std::vector<std::string>{"C"});
}

TEST_CASE("a value above the admin's ceiling is lowered, and it is told",
          "[cascade]") {
  platform_config admin;
  admin.ceilings.max_tokens = 4'000;
  create_message_request request;
  request.params.max_tokens = 9'000;
  auto made = merge(admin, request);
  CHECK(made.values.max_tokens == 4'000);
  CHECK(about(made, parameter::max_tokens).fate == disposition::clamped);
  CHECK(about(made, parameter::max_tokens).value_json == "4000");
  request.params.max_tokens = 100;
  CHECK(merge(admin, request).values.max_tokens == 100);
}

TEST_CASE("a length that nobody set is the admin's ceiling, and it is told",
          "[cascade]") {
  platform_config admin;
  admin.ceilings = {.temperature = 0.5,
                    .top_p = 0.5,
                    .max_tokens = 4'000,
                    .presence_penalty = 0.5,
                    .frequency_penalty = 0.5};
  auto made = merge(admin, {});
  CHECK(about(made, parameter::max_tokens)
        == provenance{parameter::max_tokens, rung::ceiling,
                      disposition::clamped, "4000", "the admin's ceiling"});
  // The other numbers stay the provider's choice.
  CHECK(made.values == parameters{.max_tokens = 4'000});
  drop_all(made, "nothing is generated");
  CHECK(about(made, parameter::max_tokens)
        == provenance{parameter::max_tokens});
  // A default that the provider needs is nobody's wish, and may be lower.
  made = merge(admin, {}, "anthropic", "claude-x");
  CHECK(about(made, parameter::max_tokens).set_by == rung::required);
  CHECK(made.values.max_tokens == 4'000);
  admin.ceilings.max_tokens = 9'000;
  CHECK(merge(admin, {}, "anthropic", "claude-x").values.max_tokens == 4'096);
  CHECK(merge(admin, {}).values.max_tokens == 9'000);
}

TEST_CASE("what the provider or model does not take is dropped with the reason",
          "[cascade]") {
  platform_config admin;
  create_message_request request;
  request.params.presence_penalty = 0.5;
  auto made = merge(admin, request, "anthropic", "claude-x");
  CHECK_FALSE(made.values.presence_penalty);
  CHECK(about(made, parameter::presence_penalty).fate == disposition::dropped);
  CHECK(about(made, parameter::presence_penalty).reason
        == "Anthropic takes no penalties");
  request.params.temperature = 0.5;
  CHECK_FALSE(merge(admin, request, "openai", "gpt-5-mini").values.temperature);
  CHECK(merge(admin, request, "openai", "gpt-4.1").values.temperature == 0.5);
}

TEST_CASE("what the provider requires gets a documented default", "[cascade]") {
  auto made = merge({}, {}, "anthropic", "claude-x");
  CHECK(made.values.max_tokens == 4'096);
  CHECK(about(made, parameter::max_tokens).set_by == rung::required);
  platform_config admin;
  admin.ceilings.max_tokens = 1'000;
  CHECK(merge(admin, {}, "anthropic", "claude-x").values.max_tokens == 1'000);
}

namespace {

provider_traits with_rules(std::vector<parameter_rule> rules) {
  provider_traits made{.name = "p", .default_base_url = "https://p"};
  made.rules = std::move(rules);
  made.api_version = "2023-01-01";
  made.version_header = "p-version";
  return made;
}

effective_parameters merge(const provider_traits& with,
                           const create_message_request& request,
                           bool takes_extra = true) {
  return merge_parameters({}, *app_id::parse("writer"), request, with, "m",
                          takes_extra);
}

} // namespace

TEST_CASE("a provider's bound lowers a value, and it is told", "[cascade]") {
  parameter_rule bound{parameter::temperature,
                       "",
                       parameter_rule::action::clamp,
                       "takes up to 1",
                       {}};
  bound.at_most = 1;
  create_message_request request;
  request.params.temperature = 1.5;
  auto made = merge(with_rules({bound}), request);
  CHECK(made.values.temperature == 1.0);
  CHECK(about(made, parameter::temperature)
        == provenance{parameter::temperature, rung::call, disposition::clamped,
                      "1", "takes up to 1"});
  request.params.temperature = 0.5;
  made = merge(with_rules({bound}), request);
  CHECK(about(made, parameter::temperature).fate == disposition::taken);
}

TEST_CASE("a rule may depend on what else is sent", "[cascade]") {
  parameter_rule beside{
    parameter::top_p, "", parameter_rule::action::drop, "not both", {}};
  beside.beside = parameter::temperature;
  create_message_request request;
  request.params.top_p = 0.5;
  CHECK(merge(with_rules({beside}), request).values.top_p == 0.5);
  request.params.temperature = 0.5;
  auto made = merge(with_rules({beside}), request);
  CHECK_FALSE(made.values.top_p);
  CHECK(about(made, parameter::top_p).reason == "not both");
  CHECK(made.values.temperature == 0.5);
}

TEST_CASE("a rule may depend on thinking, or on the version", "[cascade]") {
  auto drop = [](auto change) {
    parameter_rule rule{
      parameter::temperature, "", parameter_rule::action::drop, "no", {}};
    change(rule);
    return with_rules({rule});
  };
  auto thinks = drop([](auto& rule) { rule.with_thinking = true; });
  auto later = drop([](auto& rule) { rule.since_version = "2024-01-01"; });
  create_message_request request;
  request.params.temperature = 0.5;
  CHECK(merge(thinks, request).values.temperature);
  CHECK(merge(later, request).values.temperature);
  request.thinking = thinking_wish{thinking_wish::effort::off};
  CHECK(merge(thinks, request).values.temperature);
  request.thinking = thinking_wish{thinking_wish::effort::low};
  CHECK_FALSE(merge(thinks, request).values.temperature);
  request.extra = {"p", "", {{"p-version", "2024-06-01"}}};
  CHECK_FALSE(merge(later, request).values.temperature);
  // Where the caller's headers are not sent, ours is the version.
  CHECK(merge(later, request, false).values.temperature);
  request.extra->dialect = "q";
  CHECK(merge(later, request).values.temperature);
}

} // namespace byollm
