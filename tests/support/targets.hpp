// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/config.hpp"
#include "messages/traits.hpp"

#include <memory>
#include <string>

namespace byollm {

/// A sealed key's stand-in: what is inside matters to the vault only.
inline std::shared_ptr<const sealed_key> some_sealed_key() {
  return std::make_shared<const sealed_key>(sealed_key{{1, 2, 3}});
}

inline llm_target::ptr user_target(const std::string& user = "ada",
                                   const std::string& provider = "openai",
                                   const std::string& model = "own-model",
                                   const std::string& embeds = {}) {
  user_owner who{*tenant_id::parse("acme"), *user_id::parse(user)};
  auto url = *base_url::parse("https://own.example.com");
  return *llm_target::bind(endpoint<user_owner>{who, provider, url},
                           credential<user_owner>{who, provider, url.at(),
                                                  "key-" + user, 1, 1,
                                                  some_sealed_key()},
                           model, embeds);
}

inline llm_target::ptr
platform_target(const std::string& provider = "anthropic",
                const std::string& model = "platform-model",
                const std::string& host = "platform.example.com") {
  auto url = *base_url::parse("https://" + host);
  return *llm_target::bind(
    endpoint<platform_owner>{{}, provider, url},
    credential<platform_owner>{
      {}, provider, url.at(), "key-platform", 1, 1, some_sealed_key()},
    model);
}

/// Two provider kinds with the rules that the cascade has to know.
inline provider_table_ptr two_providers() {
  using action = parameter_rule::action;
  provider_table table;
  table.push_back({"openai",
                   "https://api.openai.com/v1",
                   true,
                   {{parameter::temperature,
                     "gpt-5",
                     action::drop,
                     "reasoning models take no custom temperature",
                     {}}},
                   true,
                   "usual-vectors"});
  table.push_back({"anthropic",
                   "https://api.anthropic.com",
                   true,
                   {{parameter::presence_penalty,
                     "",
                     action::drop,
                     "Anthropic takes no penalties",
                     {}},
                    {parameter::max_tokens, "", action::require,
                     "Anthropic requires it", 4'096}}});
  return std::make_shared<const provider_table>(std::move(table));
}

} // namespace byollm
