// SPDX-License-Identifier: Apache-2.0
#include "app/schema/argument_schema.hpp"

#include "app/schema/schema_form.hpp"
#include "app/schema/whole_number.hpp"
#include "messages/limits.hpp"

#include <rapidjson/pointer.h>
#include <rapidjson/schema.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <mutex>

namespace byollm {

namespace {

std::string text_of(const rapidjson::Value& value) {
  rapidjson::StringBuffer out;
  rapidjson::Writer<rapidjson::StringBuffer> writer{out};
  value.Accept(writer);
  return {out.GetString(), out.GetSize()};
}

std::string text_of(const rapidjson::Pointer& pointer) {
  rapidjson::StringBuffer out;
  pointer.Stringify(out);
  return {out.GetString(), out.GetSize()};
}

// The first member that `rules` require and `object` lacks, or null.
const rapidjson::Value* missing_member(const rapidjson::Value* rules,
                                       const rapidjson::Value* object) {
  if (!rules || !rules->IsObject() || !object || !object->IsObject())
    return nullptr;
  auto required = rules->FindMember("required");
  if (required == rules->MemberEnd() || !required->value.IsArray())
    return nullptr;
  for (const auto& name : required->value.GetArray())
    if (name.IsString() && !object->HasMember(name))
      return &name;
  return nullptr;
}

// RapidJSON tells 5.0 from 5.
class validator : public rapidjson::SchemaValidator {
public:
  using rapidjson::SchemaValidator::SchemaValidator;

  bool Double(double value) {
    auto whole = as_whole(value);
    return whole ? Int64(*whole) : rapidjson::SchemaValidator::Double(value);
  }
};

class compiled final : public argument_schema {
public:
  explicit compiled(const rapidjson::Value& schema)
      : text_(text_of(schema)),
        has_patterns_(text_.find("\"pattern") != std::string::npos) {
    form_.CopyFrom(schema, form_.GetAllocator());
    to_draft_4(form_, form_.GetAllocator());
    schema_ = std::make_unique<rapidjson::SchemaDocument>(form_);
  }

  status check(const rapidjson::Value& arguments) const override {
    // RapidJSON's patterns keep where they are in themselves.
    std::unique_lock guard{mutex_, std::defer_lock};
    if (has_patterns_)
      guard.lock();
    validator held{*schema_};
    if (arguments.Accept(held))
      return unit{};
    auto where = held.GetInvalidDocumentPointer();
    std::string rule = held.GetInvalidSchemaKeyword();
    // RapidJSON points at the object; what is wrong is the member.
    if (rule == "required")
      if (auto name = missing_member(held.GetInvalidSchemaPointer().Get(form_),
                                     where.Get(arguments)))
        where = where.Append(*name);
    auto place = text_of(where);
    return failure{errc::validation_rejected,
                   "the argument " + (place.empty() ? "object" : place)
                     + " breaks the rule \"" + rule + "\"",
                   place};
  }

  const std::string& text() const noexcept override {
    return text_;
  }

private:
  std::string text_;
  bool has_patterns_;
  mutable std::mutex mutex_;
  // The compiled schema points into it.
  rapidjson::Document form_;
  std::unique_ptr<rapidjson::SchemaDocument> schema_;
};

} // namespace

expected<std::shared_ptr<const argument_schema>>
argument_schema::compile(const rapidjson::Value& schema) {
  if (!schema.IsObject())
    return failure{errc::invalid_request,
                   "a function's parameters are a JSON "
                   "Schema, which is an object",
                   "parameters"};
  if (text_of(schema).size() > limits::schema_bytes_max)
    return failure{errc::limit_exceeded,
                   "a function's schema has at most 64 KiB", "parameters"};
  if (auto valid = check_schema(schema); !valid)
    return valid.error();
  return std::shared_ptr<const argument_schema>{
    std::make_shared<const compiled>(schema)};
}

} // namespace byollm
