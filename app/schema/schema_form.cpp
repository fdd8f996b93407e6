// SPDX-License-Identifier: Apache-2.0
#include "app/schema/schema_form.hpp"

#include "app/schema/schema_shape.hpp"
#include "app/schema/whole_number.hpp"
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

// RapidJSON passes over a length that is written as 5.0.
void write_whole(rapidjson::Value& value) {
  if (!value.IsDouble())
    return;
  if (auto whole = as_whole(value.GetDouble()))
    value.SetInt64(*whole);
}

// RapidJSON knows true and false only where properties and items are added.
void write_out(rapidjson::Value& schema, std::string_view keyword,
               rapidjson::Document::AllocatorType& memory) {
  if (!schema.IsBool() || keyword.starts_with("additional"))
    return;
  auto takes_all = schema.GetBool();
  schema.SetObject();
  if (!takes_all)
    schema.AddMember("not", rapidjson::Value{rapidjson::kObjectType}, memory);
}

// RapidJSON compiles each object of a schema, also what is no schema.
status check_compilable(std::string_view name, const rapidjson::Value& value) {
  if (name == "pattern" && value.IsString()
      && !is_modest({value.GetString(), value.GetStringLength()}))
    return bad("a pattern repeats too often");
  if (name != "patternProperties")
    return unit{};
  if (!value.IsObject())
    return bad("\"patternProperties\" has another form in a JSON Schema");
  for (const auto& [pattern, _] : value.GetObject())
    if (!is_modest({pattern.GetString(), pattern.GetStringLength()}))
      return bad("a pattern repeats too often");
  return unit{};
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
      std::string_view keyword{name.GetString(), name.GetStringLength()};
      if (auto good = check_compilable(keyword, value); !good)
        return good;
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
    // Wherever it stands, it is a schema now.
    if (auto fits = check_shape(*found); !fits)
      return fits;
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

static void each_to_draft_4(rapidjson::Value& schemas, std::string_view keyword,
                            rapidjson::Document::AllocatorType& memory) {
  write_out(schemas, keyword, memory);
  if (schemas.IsArray())
    for (auto& each : schemas.GetArray())
      each_to_draft_4(each, keyword, memory);
  else
    to_draft_4(schemas, memory);
}

void to_draft_4(rapidjson::Value& schema,
                rapidjson::Document::AllocatorType& memory) {
  if (!schema.IsObject())
    return;
  for (auto& [name, value] : schema.GetObject()) {
    std::string_view keyword{name.GetString(), name.GetStringLength()};
    write_whole(value);
    if (holds_schemas(keyword)) {
      each_to_draft_4(value, keyword, memory);
    } else if (holds_named_schemas(keyword) && value.IsObject()) {
      for (auto& [_, each] : value.GetObject())
        each_to_draft_4(each, keyword, memory);
    }
  }
  move_bound(schema, "exclusiveMinimum", "minimum", std::greater_equal<>{},
             memory);
  move_bound(schema, "exclusiveMaximum", "maximum", std::less_equal<>{},
             memory);
  const_to_enum(schema, memory);
  rename_definitions(schema, memory);
}

status check_schema(const rapidjson::Value& schema) {
  if (auto fits = check_shape(schema); !fits)
    return fits;
  return reference_walk{schema}.walk(schema);
}

} // namespace byollm
