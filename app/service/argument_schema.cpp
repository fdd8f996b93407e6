// SPDX-License-Identifier: Apache-2.0
#include "app/service/argument_schema.hpp"

#include "app/service/read_call.hpp"
#include "app/service/schema_form.hpp"
#include "messages/limits.hpp"

#include <rapidjson/schema.h>
#include <rapidjson/stringbuffer.h>

namespace byollm::service {

namespace {

std::string text_of(const rapidjson::Pointer& pointer) {
  rapidjson::StringBuffer out;
  pointer.Stringify(out);
  return {out.GetString(), out.GetSize()};
}

class compiled final : public argument_schema {
public:
  explicit compiled(const rapidjson::Value& schema)
      : text_(service::text_of(schema)) {
    form_.CopyFrom(schema, form_.GetAllocator());
    to_draft_4(form_, form_.GetAllocator());
    schema_ = std::make_unique<rapidjson::SchemaDocument>(form_);
  }

  status check(const rapidjson::Value& arguments) const override {
    rapidjson::SchemaValidator validator{*schema_};
    if (arguments.Accept(validator))
      return unit{};
    auto where = text_of(validator.GetInvalidDocumentPointer());
    std::string rule = validator.GetInvalidSchemaKeyword();
    return failure{errc::validation_rejected,
                   "the argument " + (where.empty() ? "object" : where)
                     + " breaks the rule \"" + rule + "\"",
                   where};
  }

  const std::string& text() const noexcept override {
    return text_;
  }

private:
  std::string text_;
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
  if (service::text_of(schema).size() > limits::schema_bytes_max)
    return failure{errc::limit_exceeded,
                   "a function's schema has at most 64 KiB", "parameters"};
  if (auto valid = check_schema(schema); !valid)
    return valid.error();
  return std::shared_ptr<const argument_schema>{
    std::make_shared<const compiled>(schema)};
}

} // namespace byollm::service
