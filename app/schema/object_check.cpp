// SPDX-License-Identifier: Apache-2.0
// How objects are held against rules.
#include "app/schema/schema_check.hpp"

#include <bit>

namespace byollm {

bool schema_check::fits_object(const schema_rules& rules,
                               const rapidjson::Value& value) {
  auto count = value.MemberCount();
  if (count < rules.members_min)
    return broken("minProperties");
  if (count > rules.members_max)
    return broken("maxProperties");
  if (!rules.looks_at_members())
    return true;
  if (!work_.spend_bytes(rules.members.size() / 8))
    return false;
  std::vector<bool> seen(rules.members.size());
  for (const auto& [name, member] : value.GetObject()) {
    std::string_view called{name.GetString(), name.GetStringLength()};
    if (auto good = fits_member(rules, called, member, seen); !good)
      return inside(good, called);
  }
  return has_required(rules, seen) && has_needed(rules, value, seen);
}

bool schema_check::fits_member(const schema_rules& rules, std::string_view name,
                               const rapidjson::Value& value,
                               std::vector<bool>& seen) {
  if (!work_.spend(1
                   + static_cast<uint64_t>(std::bit_width(rules.names.size()))))
    return false;
  auto is_known = false;
  if (auto it = rules.names.find(name); it != rules.names.end()) {
    const auto& member = rules.members[it->second];
    seen[it->second] = true;
    is_known = member.is_described;
    if (!fits(member.is, value))
      return false;
  }
  for (const auto& [pattern, is] : rules.by_pattern) {
    if (!pattern.is_in(name, work_))
      continue;
    is_known = true;
    if (!fits(is, value))
      return false;
  }
  if (is_known)
    return true;
  if (!rules.has_others)
    return broken("additionalProperties");
  return fits(rules.others, value);
}

bool schema_check::has_required(const schema_rules& rules,
                                const std::vector<bool>& seen) {
  if (!work_.spend(rules.required.size()))
    return false;
  for (const auto& [name, index] : rules.required)
    if (!seen[index])
      return inside(broken("required"), name);
  return true;
}

bool schema_check::has_needed(const schema_rules& rules,
                              const rapidjson::Value& value,
                              const std::vector<bool>& seen) {
  for (auto source : rules.sources) {
    const auto& member = rules.members[source];
    if (!work_.spend(member.needs.size() + 1))
      return false;
    if (!seen[source])
      continue;
    for (auto needed : member.needs)
      if (!seen[needed])
        return broken("dependencies");
    if (!fits(member.then, value))
      return false;
  }
  return true;
}

} // namespace byollm
