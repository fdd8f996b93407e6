// SPDX-License-Identifier: Apache-2.0
#include "actors/cascade_parameters.hpp"

#include <algorithm>
#include <array>

namespace byollm {

namespace {

struct rung_source {
  rung which;
  const parameters* values; // null: the admin said nothing on this rung
};

using rungs = std::array<rung_source, 4>;

const parameters* find(const std::map<std::string, parameters>& table,
                       const std::string& name) {
  auto it = table.find(name);
  return it == table.end() ? nullptr : &it->second;
}

// One parameter's member, so that the rules below are written once for all.
template <class T>
using member = std::optional<T> parameters::*;

// Lowers a number to a ceiling; stop sequences have none.
template <class T>
bool clamp(std::optional<T>& value, const std::optional<T>& ceiling) {
  if constexpr (std::is_arithmetic_v<T>) {
    if (value && ceiling && *value > *ceiling) {
      value = ceiling;
      return true;
    }
  }
  return false;
}

// What decides which rules apply.
struct asked_of {
  const provider_traits& provider;
  std::string_view model;
  bool thinks = false;
  std::string_view version = {};
};

asked_of what_is_asked(const create_message_request& request,
                       const provider_traits& provider,
                       std::string_view model) {
  asked_of made{provider, model};
  made.thinks
    = request.thinking && request.thinking->how != thinking_wish::effort::off;
  made.version = provider.api_version;
  if (request.extra && request.extra->dialect == provider.name)
    if (auto named = request.extra->headers.find(provider.version_header);
        named != request.extra->headers.end())
      made.version = named->second;
  return made;
}

// Versions are dates, so they compare as texts.
const parameter_rule* find_rule(const asked_of& what, parameter which,
                                const parameters& sent) {
  const auto& rules = what.provider.rules;
  auto it
    = std::find_if(rules.begin(), rules.end(), [&](const parameter_rule& rule) {
        return rule.which == which && what.model.starts_with(rule.model_prefix)
               && (what.thinks || !rule.with_thinking)
               && what.version >= rule.since_version
               && (!rule.beside || sent.has(*rule.beside));
      });
  return it == rules.end() ? nullptr : &*it;
}

constexpr std::string_view admins_ceiling = "the admin's ceiling";

// Left out, an answer's length is whatever the model can do, on somebody's
// bill. The other numbers cost nothing: left out, they are the provider's own
// choice, which a ceiling in its place might raise.
constexpr bool binds_unset(parameter which) noexcept {
  return which == parameter::max_tokens;
}

template <class T>
provenance first_set(parameter which, member<T> field, const rungs& sources,
                     parameters& out) {
  for (const auto& source : sources) {
    if (source.values && (source.values->*field).has_value()) {
      out.*field = source.values->*field;
      return {which, source.which, disposition::taken};
    }
  }
  return {which};
}

template <class T>
provenance merge(parameter which, member<T> field, const rungs& sources,
                 const parameters& ceilings, const parameter_rule* rule,
                 parameters& out) {
  auto made = first_set(which, field, sources, out);
  if (made.set_by == rung::unset && rule
      && rule->does == parameter_rule::action::require && rule->default_value) {
    if constexpr (std::is_same_v<T, int64_t>)
      out.*field = *rule->default_value;
    made.set_by = rung::required;
    made.fate = disposition::taken;
    made.reason = rule->reason;
  }
  if (made.set_by == rung::unset && binds_unset(which) && ceilings.*field) {
    out.*field = ceilings.*field;
    made.set_by = rung::ceiling;
    made.fate = disposition::clamped;
    made.reason = admins_ceiling;
  }
  if (clamp(out.*field, ceilings.*field)) {
    made.fate = disposition::clamped;
    made.reason = admins_ceiling;
  }
  if constexpr (std::is_arithmetic_v<T>) {
    if (rule && rule->does == parameter_rule::action::clamp
        && clamp(out.*field, std::optional<T>{static_cast<T>(rule->at_most)})) {
      made.fate = disposition::clamped;
      made.reason = rule->reason;
    }
  }
  made.value_json = value_json(out, which);
  if (rule && rule->does == parameter_rule::action::drop
      && made.fate != disposition::unset) {
    (out.*field).reset();
    made.fate = disposition::dropped;
    made.reason = rule->reason;
  }
  return made;
}

} // namespace

void drop_all(effective_parameters& from, std::string_view reason) {
  from.values = {};
  for (auto& each : from.provenances) {
    if (each.set_by == rung::required || each.set_by == rung::ceiling) {
      each = {each.which};
    } else if (each.fate != disposition::unset) {
      each.fate = disposition::dropped;
      each.reason = reason;
    }
  }
}

effective_parameters merge_parameters(const platform_config& admin,
                                      const app_id& extension,
                                      const create_message_request& request,
                                      const provider_traits& provider,
                                      std::string_view model,
                                      bool takes_extra) {
  const rungs sources = {{
    {rung::call, &request.params},
    {rung::extension, find(admin.per_extension, extension.str())},
    {rung::purpose, find(admin.per_purpose, request.purpose)},
    {rung::global, &admin.global},
  }};
  effective_parameters out;
  out.provenances.reserve(parameter_count);
  auto asked = what_is_asked(request, provider, model);
  if (!takes_extra)
    asked.version = provider.api_version;
  auto add = [&](parameter which, auto field) {
    auto rule = find_rule(asked, which, out.values);
    out.provenances.push_back(
      merge(which, field, sources, admin.ceilings, rule, out.values));
  };
  add(parameter::temperature, &parameters::temperature);
  add(parameter::top_p, &parameters::top_p);
  add(parameter::max_tokens, &parameters::max_tokens);
  add(parameter::presence_penalty, &parameters::presence_penalty);
  add(parameter::frequency_penalty, &parameters::frequency_penalty);
  add(parameter::stop_sequences, &parameters::stop_sequences);
  return out;
}

} // namespace byollm
