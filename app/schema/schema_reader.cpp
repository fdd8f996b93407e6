// SPDX-License-Identifier: Apache-2.0
#include "app/schema/schema_reader.hpp"

#include "app/schema/schema_shape.hpp"
#include "app/schema/simple_rules.hpp"

#include <rapidjson/pointer.h>

#include <algorithm>
#include <string>

namespace byollm {

namespace {

using rapidjson::Value;

failure bad(std::string detail) {
  return {errc::invalid_request, std::move(detail), "parameters"};
}

failure too_deep() {
  return bad("schemas lie at most 128 deep in each other, references followed");
}

uint32_t member_of(schema_rules& rules, const Value& name) {
  auto next = static_cast<uint32_t>(rules.members.size());
  auto [it, is_new] = rules.names.try_emplace(text_of(name), next);
  if (is_new)
    rules.members.emplace_back();
  return it->second;
}

} // namespace

// -- one schema ---------------------------------------------------------------

status schema_reader::read(rules_ptr& to, const Value& schema) {
  if (schema.IsBool() && schema.GetBool()) {
    to = nullptr;
    return unit{};
  }
  auto depth = under_way_.size() + 1;
  auto found = known_.find(&schema);
  auto height = found == known_.end() ? 0 : found->second.height;
  if (depth + height > limits::schema_depth_max)
    return too_deep();
  auto reached = std::exchange(reached_, depth + height);
  if (found == known_.end()) {
    if (auto done = read_new(to, schema); !done)
      return done;
    known_.emplace(&schema, known{to, reached_ - depth});
  } else {
    to = found->second.rules;
  }
  reached_ = std::max(reached_, reached);
  return unit{};
}

status schema_reader::read_new(rules_ptr& to, const Value& schema) {
  under_way_.insert(&schema);
  auto reference = find(schema, "$ref");
  status done = check_shape(schema);
  if (done && reference) {
    // Nothing beside a reference counts, as in draft 4.
    done = follow(to, *reference);
  } else if (done) {
    auto& made = made_.emplace_back();
    to = &made;
    done = read_rules(made, schema);
  }
  under_way_.erase(&schema);
  return done;
}

status schema_reader::follow(rules_ptr& to, const Value& reference) {
  auto name = text_of(reference);
  if (name.empty() || name.front() != '#')
    return bad("a reference stays within the schema: " + name);
  // Not as a fragment, in which RapidJSON takes no '$'.
  rapidjson::Pointer pointer{name.c_str() + 1, name.size() - 1};
  auto found = pointer.IsValid() ? pointer.Get(root_) : nullptr;
  if (!found || !(found->IsObject() || found->IsBool()))
    return bad("the reference " + name + " leads nowhere");
  if (under_way_.count(found) != 0)
    return bad("the reference " + name + " leads back to itself");
  return read(to, *found);
}

status schema_reader::read_rules(schema_rules& to, const Value& schema) {
  // false
  if (!schema.IsObject()) {
    to.none_of = nullptr;
    return unit{};
  }
  read_simple(to, schema);
  for (auto part :
       {&schema_reader::read_text, &schema_reader::read_array,
        &schema_reader::read_object, &schema_reader::read_dependencies,
        &schema_reader::read_others})
    if (auto done = (this->*part)(to, schema); !done)
      return done;
  return read_unused(schema);
}

// -- its parts ----------------------------------------------------------------

status schema_reader::read_if(rules_ptr& to, const Value& schema,
                              std::string_view keyword) {
  auto found = find(schema, keyword);
  return found ? read(to, *found) : unit{};
}

status schema_reader::read_list(std::vector<rules_ptr>& to, const Value& schema,
                                std::string_view keyword) {
  auto found = find(schema, keyword);
  if (!found)
    return unit{};
  for (const auto& each : found->GetArray())
    if (auto done = read(to.emplace_back(), each); !done)
      return done;
  return unit{};
}

status schema_reader::read_text(schema_rules& to, const Value& schema) {
  auto found = find(schema, "pattern");
  if (!found)
    return unit{};
  auto pattern = text_pattern::parse(text_of(*found), states_left_);
  if (!pattern)
    return pattern.error();
  to.pattern = *std::move(pattern);
  return unit{};
}

// The first items are a list in `items`, and in `prefixItems` since 2020; what
// the other keyword says is of the rest then.
status schema_reader::read_array(schema_rules& to, const Value& schema) {
  auto items = find(schema, "items");
  auto has_list = items && items->IsArray();
  auto first = has_list ? "items" : "prefixItems";
  auto is_tuple = find(schema, first) != nullptr;
  auto rest = has_list ? find(schema, "additionalItems") : items;
  if (is_tuple && rest)
    to.has_more_items = !rest->IsFalse();
  if (rest && to.has_more_items)
    if (auto done = read(to.items, *rest); !done)
      return done;
  return is_tuple ? read_list(to.first_items, schema, first) : unit{};
}

status schema_reader::read_object(schema_rules& to, const Value& schema) {
  if (auto found = find(schema, "properties"))
    for (const auto& [name, is] : found->GetObject()) {
      auto index = member_of(to, name);
      to.members[index].is_described = true;
      if (auto done = read(to.members[index].is, is); !done)
        return done;
    }
  if (auto found = find(schema, "patternProperties"))
    for (const auto& [name, is] : found->GetObject()) {
      auto pattern = text_pattern::parse(text_of(name), states_left_);
      if (!pattern)
        return pattern.error();
      auto& made = to.by_pattern.emplace_back(*std::move(pattern), nullptr);
      if (auto done = read(made.second, is); !done)
        return done;
    }
  if (auto found = find(schema, "required"))
    for (const auto& name : found->GetArray())
      to.required.emplace_back(text_of(name), member_of(to, name));
  auto others = find(schema, "additionalProperties");
  to.has_others = !others || !others->IsFalse();
  return others && to.has_others ? read(to.others, *others) : unit{};
}

status schema_reader::read_dependencies(schema_rules& to, const Value& schema) {
  auto found = find(schema, "dependencies");
  if (!found)
    return unit{};
  for (const auto& [name, needs] : found->GetObject()) {
    auto source = member_of(to, name);
    to.sources.push_back(source);
    if (!needs.IsArray()) {
      if (auto done = read(to.members[source].then, needs); !done)
        return done;
      continue;
    }
    for (const auto& needed : needs.GetArray()) {
      auto index = member_of(to, needed);
      to.members[source].needs.push_back(index);
    }
  }
  return unit{};
}

status schema_reader::read_others(schema_rules& to, const Value& schema) {
  if (auto done = read_list(to.all_of, schema, "allOf"); !done)
    return done;
  if (auto done = read_list(to.any_of, schema, "anyOf"); !done)
    return done;
  if (auto done = read_list(to.one_of, schema, "oneOf"); !done)
    return done;
  auto none = find(schema, "not");
  return none ? read(to.none_of.emplace(nullptr), *none) : unit{};
}

// What no reference leads to is wrong when it is offered, not when it is used.
status schema_reader::read_unused(const Value& schema) {
  rules_ptr unused = nullptr;
  for (auto place : {"$defs", "definitions"})
    if (auto found = find(schema, place))
      for (const auto& [_, each] : found->GetObject())
        if (auto done = read(unused, each); !done)
          return done;
  return unit{};
}

} // namespace byollm
