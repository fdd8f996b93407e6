// SPDX-License-Identifier: Apache-2.0
#include "app/schema/argument_schema.hpp"

#include "app/schema/schema_check.hpp"
#include "app/schema/schema_reader.hpp"
#include "messages/limits.hpp"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <deque>

namespace byollm {

namespace {

std::string json_of(const rapidjson::Value& value) {
  rapidjson::StringBuffer out;
  rapidjson::Writer<rapidjson::StringBuffer> writer{out};
  value.Accept(writer);
  return {out.GetString(), out.GetSize()};
}

// Texts are kept as they came and in pieces; beside them, about, what a member,
// a name that is required and a choice take.
constexpr size_t text_growth = 2;
constexpr size_t member_bytes = 176;
constexpr size_t name_bytes = 48;
constexpr size_t choice_bytes = 40;

size_t bytes_of(const schema_rules& rules) noexcept {
  return sizeof rules + rules.members.size() * member_bytes
         + rules.required.size() * name_bytes
         + (rules.choices ? rules.choices->size() * choice_bytes : 0);
}

class compiled final : public argument_schema {
public:
  explicit compiled(std::string text) : text_(std::move(text)) {
    // nop
  }

  status read(const rapidjson::Value& schema) {
    return schema_reader{schema, rules_}.read(root_, schema);
  }

  status check(const rapidjson::Value& arguments) const override {
    schema_work work;
    schema_check held{work};
    auto is_good = held.fits(root_, arguments);
    if (work.is_over())
      return failure{
        errc::limit_exceeded,
        "to hold the arguments against the function's schema takes more than "
        "10,000,000 steps; send less, or bound the lists and texts of the "
        "schema (maxItems, maxLength)",
        "arguments"};
    if (is_good)
      return unit{};
    const auto& place = held.place();
    return failure{errc::validation_rejected,
                   "the argument " + (place.empty() ? "object" : place)
                     + " breaks the rule \"" + held.rule() + "\"",
                   place};
  }

  const std::string& text() const noexcept override {
    return text_;
  }

  size_t bytes() const noexcept override {
    auto made = text_.size() * text_growth;
    for (const auto& each : rules_)
      made += bytes_of(each);
    return made;
  }

private:
  const std::string text_;
  /// At places of their own: they lead to each other.
  std::deque<schema_rules> rules_;
  rules_ptr root_ = nullptr;
};

} // namespace

expected<std::shared_ptr<const argument_schema>>
argument_schema::compile(const rapidjson::Value& schema) {
  if (!schema.IsObject())
    return failure{errc::invalid_request,
                   "a function's parameters are a JSON "
                   "Schema, which is an object",
                   "parameters"};
  auto text = json_of(schema);
  if (text.size() > limits::schema_bytes_max)
    return failure{errc::limit_exceeded,
                   "a function's schema has at most 64 KiB", "parameters"};
  auto made = std::make_shared<compiled>(std::move(text));
  if (auto done = made->read(schema); !done)
    return done.error();
  return std::shared_ptr<const argument_schema>{std::move(made)};
}

} // namespace byollm
