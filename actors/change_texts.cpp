// SPDX-License-Identifier: Apache-2.0
#include "actors/change_texts.hpp"

#include <algorithm>

namespace byollm {

std::string who_acts(const std::string& actor) {
  return actor.empty() ? "host" : actor;
}

std::string text_of(platform_change::part what) {
  return what == platform_change::part::llm ? "llm" : "second_choice";
}

std::string text_of(const stored_user_config& llm) {
  auto embeddings = llm.embedding_model.empty()
                      ? std::string{}
                      : " embeddings " + llm.embedding_model;
  return llm.provider + " " + llm.model + embeddings + " " + llm.base_url
         + " key v" + std::to_string(llm.key_version);
}

std::string text_of(platform_change::part what, const stored_user_config& llm) {
  return text_of(what) + " " + text_of(llm) + (llm.enabled ? "" : " disabled");
}

std::string text_of(const platform_change::parameter_entry& entry) {
  std::string out = "parameters ";
  out += to_string(entry.scope);
  if (entry.scope == parameter_scope::purpose
      || entry.scope == parameter_scope::extension)
    out += " " + entry.name;
  if (entry.values == parameters{})
    return out + " removed";
  for (auto which : all_parameters)
    if (entry.values.has(which))
      out.append(" ")
        .append(to_string(which))
        .append("=")
        .append(value_json(entry.values, which));
  return out;
}

namespace {

void append_names(std::string& to, const char* name,
                  const std::optional<std::vector<std::string>>& names) {
  if (!names)
    return;
  to.append(" ").append(name).append("=");
  for (const auto& each : *names)
    to.append(&each == &names->front() ? "" : ",").append(each);
}

} // namespace

std::string text_of(const platform_change::policy_entry& entry) {
  auto out = "policy of " + entry.extension;
  if (!entry.may)
    return out + " removed";
  append_names(out, "purposes", entry.may->purposes);
  append_names(out, "models", entry.may->models);
  if (entry.may->calls_per_day)
    out += " calls_per_day=" + std::to_string(*entry.may->calls_per_day);
  if (entry.may->tokens_per_day)
    out += " tokens_per_day=" + std::to_string(*entry.may->tokens_per_day);
  return out;
}

std::string text_of(const ca_bundle& trust) {
  return std::to_string(trust.certificates)
         + " certificates sha256:" + trust.fingerprint;
}

std::string text_of(const platform_change::policy& rules) {
  std::string out = "rules";
  if (rules.when_disabled)
    out += *rules.when_disabled == disabled_policy::refuse
             ? " when_disabled=refuse"
             : " when_disabled=platform";
  if (rules.caller_may_name_model)
    out += *rules.caller_may_name_model ? " caller_may_name_model=true"
                                        : " caller_may_name_model=false";
  if (rules.ambiguous_retries)
    out += " ambiguous_retries="
           + std::to_string(std::min(*rules.ambiguous_retries, 1u));
  if (rules.unknown_price)
    out.append(" unknown_price=").append(to_string(*rules.unknown_price));
  return out;
}

} // namespace byollm
