// SPDX-License-Identifier: Apache-2.0
// Goal: the catalog names every kind once, with the traits the cascade needs.
// Method: look each up.
#include "providers/catalog.hpp"
#include "providers/dialect.hpp"

#include "messages/limits.hpp"

#include <catch2/catch.hpp>

using namespace byollm;

namespace {

/// The first rule that matches, as messages/traits.hpp says.
const parameter_rule* rule_of(std::string_view provider, parameter which,
                              std::string_view model) {
  for (auto& rule : find_dialect(provider)->traits().rules)
    if (rule.which == which && model.starts_with(rule.model_prefix))
      return &rule;
  return nullptr;
}

bool is_dropped(std::string_view provider, parameter which,
                std::string_view model) {
  auto* rule = rule_of(provider, which, model);
  return rule && rule->does == parameter_rule::action::drop
         && !rule->reason.empty();
}

} // namespace

TEST_CASE("the catalog knows three kinds and no other", "[catalog]") {
  auto table = make_provider_table();
  REQUIRE(table->size() == 3);
  for (auto name : {"anthropic", "openai", "local-ollama"}) {
    REQUIRE(find_dialect(name));
    CHECK(find_dialect(name)->traits().name == name);
  }
  CHECK(find_dialect("") == nullptr);
  CHECK(find_dialect("ollama") == nullptr);
  CHECK(find_dialect("Anthropic") == nullptr);
  for (auto& traits : *table) {
    CAPTURE(traits.name);
    CHECK(base_url::parse(traits.default_base_url).has_value());
    CHECK(traits.requires_key == (traits.name != "local-ollama"));
  }
}

TEST_CASE("keys travel in each provider's own header", "[catalog]") {
  CHECK(find_dialect("anthropic")->auth().name == "x-api-key");
  CHECK(find_dialect("anthropic")->auth().prefix.empty());
  for (auto name : {"openai", "local-ollama"}) {
    CHECK(find_dialect(name)->auth().name == "authorization");
    CHECK(find_dialect(name)->auth().prefix == "Bearer ");
  }
}

TEST_CASE("parameter rules say what a provider does not take", "[catalog]") {
  for (auto which :
       {parameter::presence_penalty, parameter::frequency_penalty}) {
    CHECK(is_dropped("anthropic", which, "claude-sonnet-4"));
    CHECK_FALSE(is_dropped("openai", which, "gpt-4o"));
    CHECK_FALSE(is_dropped("local-ollama", which, "llama3.2"));
  }
  for (auto model : {"gpt-5", "gpt-5-mini", "o1", "o3-mini", "o4-mini"})
    for (auto which :
         {parameter::temperature, parameter::top_p, parameter::presence_penalty,
          parameter::frequency_penalty, parameter::stop_sequences})
      CHECK(is_dropped("openai", which, model));
  CHECK_FALSE(is_dropped("openai", parameter::max_tokens, "o3"));
  CHECK_FALSE(is_dropped("openai", parameter::temperature, "gpt-4.1"));
  CHECK_FALSE(is_dropped("openai", parameter::stop_sequences, "gpt-4.1"));
  auto* needed = rule_of("anthropic", parameter::max_tokens, "claude");
  REQUIRE(needed);
  CHECK(needed->does == parameter_rule::action::require);
  CHECK(needed->default_value == limits::max_tokens_default);
}
