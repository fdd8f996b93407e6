// SPDX-License-Identifier: Apache-2.0
#include "app/service/schema_form.hpp"

#include <rapidjson/pointer.h>

#include <algorithm>
#include <string_view>
#include <vector>

namespace byollm::service {

namespace {

failure bad(std::string detail) {
  return {errc::invalid_request, std::move(detail), "parameters"};
}

void move_bound(rapidjson::Value& schema, const char* exclusive,
                const char* bound, rapidjson::Document::AllocatorType& memory) {
  auto found = schema.FindMember(exclusive);
  if (found == schema.MemberEnd() || !found->value.IsNumber())
    return;
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
    if (++followed_ > followed_max)
      return bad("the schema has too many references");
    under_way_.push_back(name);
    auto done = walk(*found);
    under_way_.pop_back();
    return done;
  }

  static constexpr size_t followed_max = 10'000;

  const rapidjson::Value& root_;
  std::vector<std::string> under_way_;
  size_t followed_ = 0;
};

} // namespace

void to_draft_4(rapidjson::Value& schema,
                rapidjson::Document::AllocatorType& memory) {
  if (schema.IsArray())
    for (auto& each : schema.GetArray())
      to_draft_4(each, memory);
  if (!schema.IsObject())
    return;
  for (auto& [_, value] : schema.GetObject())
    to_draft_4(value, memory);
  move_bound(schema, "exclusiveMinimum", "minimum", memory);
  move_bound(schema, "exclusiveMaximum", "maximum", memory);
  const_to_enum(schema, memory);
  rename_definitions(schema, memory);
}

status check_references(const rapidjson::Value& schema) {
  return reference_walk{schema}.walk(schema);
}

} // namespace byollm::service
