// SPDX-License-Identifier: Apache-2.0
#include "app/schema/schema_form.hpp"

#include "messages/limits.hpp"

#include <rapidjson/pointer.h>

#include <algorithm>
#include <array>
#include <functional>
#include <set>
#include <string_view>
#include <vector>

namespace byollm {

namespace {

failure bad(std::string detail) {
  return {errc::invalid_request, std::move(detail), "parameters"};
}

bool holds_schemas(std::string_view keyword) {
  constexpr std::array known
    = {"items", "additionalItems", "additionalProperties",
       "anyOf", "oneOf",           "allOf",
       "not",   "prefixItems",     "contains"};
  return std::ranges::find(known, keyword) != known.end();
}

bool holds_named_schemas(std::string_view keyword) {
  constexpr std::array known = {"properties", "patternProperties", "$defs",
                                "definitions", "dependencies"};
  return std::ranges::find(known, keyword) != known.end();
}

// Of two bounds the stricter one stays.
template <class Stricter>
void move_bound(rapidjson::Value& schema, const char* exclusive,
                const char* bound, Stricter is_stricter,
                rapidjson::Document::AllocatorType& memory) {
  auto found = schema.FindMember(exclusive);
  if (found == schema.MemberEnd() || !found->value.IsNumber())
    return;
  auto other = schema.FindMember(bound);
  if (other != schema.MemberEnd() && other->value.IsNumber()
      && !is_stricter(found->value.GetDouble(), other->value.GetDouble())) {
    schema.RemoveMember(exclusive);
    return;
  }
  rapidjson::Value limit{found->value, memory};
  found->value.SetBool(true);
  schema.RemoveMember(bound);
  schema.AddMember(rapidjson::StringRef(bound), limit, memory);
}

void const_to_enum(rapidjson::Value& schema,
                   rapidjson::Document::AllocatorType& memory) {
  auto found = schema.FindMember("const");
  if (found == schema.MemberEnd())
    return;
  rapidjson::Value only{rapidjson::kArrayType};
  only.PushBack(rapidjson::Value{found->value, memory}, memory);
  schema.RemoveMember("const");
  schema.RemoveMember("enum");
  schema.AddMember("enum", only, memory);
}

// RapidJSON takes no '$' in a reference.
constexpr std::string_view new_place = "$defs";
constexpr const char* plain_place = "defs-of-2020";

void rename_definitions(rapidjson::Value& schema,
                        rapidjson::Document::AllocatorType& memory) {
  auto found = schema.FindMember(new_place.data());
  if (found != schema.MemberEnd())
    found->name.SetString(rapidjson::StringRef(plain_place));
  auto reference = schema.FindMember("$ref");
  if (reference == schema.MemberEnd() || !reference->value.IsString())
    return;
  std::string name{reference->value.GetString(),
                   reference->value.GetStringLength()};
  auto part = "/" + std::string{new_place} + "/";
  for (auto at = name.find(part); at != std::string::npos; at = name.find(part))
    name.replace(at + 1, new_place.size(), plain_place);
  reference->value.SetString(name, memory);
}

// Counted repetitions multiply what RapidJSON makes of a pattern.
bool is_modest(const rapidjson::Value& pattern) {
  std::string_view text{pattern.GetString(), pattern.GetStringLength()};
  uint64_t product = 1;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '{')
      continue;
    uint64_t most = 1;
    for (++i; i < text.size() && text[i] != '}'; ++i) {
      uint64_t count = 0;
      for (; i < text.size() && text[i] >= '0' && text[i] <= '9'; ++i)
        count = std::min<uint64_t>(count * 10 + uint64_t(text[i] - '0'),
                                   limits::schema_pattern_repeats_max + 1);
      most = std::max(most, count);
      if (i >= text.size() || text[i] == '}')
        break;
    }
    product *= most;
    if (product > limits::schema_pattern_repeats_max)
      return false;
  }
  return true;
}

// Follows references from every value of a schema.
class reference_walk {
public:
  explicit reference_walk(const rapidjson::Value& root) : root_(root) {
    // nop
  }

  status walk(const rapidjson::Value& at) {
    if (at.IsArray()) {
      for (const auto& each : at.GetArray())
        if (auto done = walk(each); !done)
          return done;
      return unit{};
    }
    if (!at.IsObject())
      return unit{};
    for (const auto& [name, value] : at.GetObject()) {
      auto is_reference = name == "$ref" && value.IsString();
      if (name == "pattern" && value.IsString() && !is_modest(value))
        return bad("a pattern repeats too often");
      if (auto done = is_reference ? follow(value) : walk(value); !done)
        return done;
    }
    return unit{};
  }

private:
  status follow(const rapidjson::Value& reference) {
    std::string name{reference.GetString(), reference.GetStringLength()};
    if (name.empty() || name.front() != '#')
      return bad("a reference stays within the schema: " + name);
    if (std::ranges::find(under_way_, name) != under_way_.end())
      return bad("the reference " + name + " leads back to itself");
    // Not as a fragment, in which RapidJSON takes no '$'.
    rapidjson::Pointer pointer{name.c_str() + 1, name.size() - 1};
    auto found = pointer.IsValid() ? pointer.Get(root_) : nullptr;
    if (!found)
      return bad("the reference " + name + " leads nowhere");
    if (under_way_.size() >= limits::schema_references_deep_max)
      return bad("references lead too deep");
    if (!followed_.insert(name).second)
      return unit{};
    under_way_.push_back(name);
    auto done = walk(*found);
    under_way_.pop_back();
    return done;
  }

  const rapidjson::Value& root_;
  std::vector<std::string> under_way_;
  std::set<std::string> followed_;
};

} // namespace

void to_draft_4(rapidjson::Value& schema,
                rapidjson::Document::AllocatorType& memory) {
  if (schema.IsArray())
    for (auto& each : schema.GetArray())
      to_draft_4(each, memory);
  if (!schema.IsObject())
    return;
  for (auto& [name, value] : schema.GetObject()) {
    std::string_view keyword{name.GetString(), name.GetStringLength()};
    if (holds_schemas(keyword))
      to_draft_4(value, memory);
    else if (holds_named_schemas(keyword) && value.IsObject())
      for (auto& [_, each] : value.GetObject())
        to_draft_4(each, memory);
  }
  move_bound(schema, "exclusiveMinimum", "minimum", std::greater_equal<>{},
             memory);
  move_bound(schema, "exclusiveMaximum", "maximum", std::less_equal<>{},
             memory);
  const_to_enum(schema, memory);
  rename_definitions(schema, memory);
}

status check_schema(const rapidjson::Value& schema) {
  return reference_walk{schema}.walk(schema);
}

} // namespace byollm
