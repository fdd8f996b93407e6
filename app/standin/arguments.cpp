// SPDX-License-Identifier: Apache-2.0
#include "app/standin/answer.hpp"
#include "app/standin/json.hpp"

namespace byollm::standin {

namespace {

// A schema nested deeper than this gets empty objects.
constexpr int depth_max = 8;

using writer = rapidjson::Writer<rapidjson::StringBuffer>;

void write_value(const rapidjson::Value& schema, int depth, writer& out);

void write_object(const rapidjson::Value& schema, int depth, writer& out) {
  out.StartObject();
  auto properties = member(schema, "properties");
  if (properties && properties->IsObject() && depth < depth_max)
    for (auto& property : properties->GetObject()) {
      out.Key(property.name.GetString(), property.name.GetStringLength());
      write_value(property.value, depth + 1, out);
    }
  out.EndObject();
}

void write_list(const rapidjson::Value& schema, int depth, writer& out) {
  out.StartArray();
  if (auto items = member(schema, "items"); items && depth < depth_max)
    write_value(*items, depth + 1, out);
  out.EndArray();
}

/// Returns the value that the schema itself names, or null.
const rapidjson::Value* named_value(const rapidjson::Value& schema) {
  for (auto name : {"const", "default"})
    if (auto value = member(schema, name))
      return value;
  auto choices = member(schema, "enum");
  if (choices && choices->IsArray() && !choices->Empty())
    return choices->Begin();
  return nullptr;
}

std::string_view type_of(const rapidjson::Value& schema) {
  auto type = member(schema, "type");
  // ["string", "null"]: the first is what the author means.
  if (type && type->IsArray() && !type->Empty())
    type = type->Begin();
  if (type && type->IsString())
    return as_text(*type);
  return member(schema, "properties") ? "object" : "string";
}

void write_value(const rapidjson::Value& schema, int depth, writer& out) {
  if (auto value = named_value(schema)) {
    value->Accept(out);
    return;
  }
  auto type = type_of(schema);
  if (type == "object") {
    write_object(schema, depth, out);
  } else if (type == "array") {
    write_list(schema, depth, out);
  } else if (type == "boolean") {
    out.Bool(true);
  } else if (type == "null") {
    out.Null();
  } else if (type == "integer" || type == "number") {
    auto least = member(schema, "minimum");
    if (least && least->IsNumber())
      least->Accept(out);
    else
      out.Int(1);
  } else {
    out.String("stand-in");
  }
}

} // namespace

std::string plausible_arguments(const rapidjson::Value* schema) {
  rapidjson::StringBuffer buffer;
  writer out{buffer};
  if (schema && schema->IsObject())
    write_object(*schema, 0, out);
  else
    out.StartObject(), out.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

} // namespace byollm::standin
