// SPDX-License-Identifier: Apache-2.0
#include "app/extension/arguments.hpp"

#include "app/extension/decode.hpp"
#include "app/extension/schema_text.hpp"
#include "messages/limits.hpp"
#include "providers/json/document.hpp"

#include <cmath>

namespace byollm {

namespace {

expected<rapidjson::Document> parse(std::string_view text) {
  failure too_large{errc::limit_exceeded,
                    "arguments have at most 8 MiB, and are neither too many "
                    "nor too deep",
                    "arguments"};
  if (text.size() > limits::stream_event_bytes_max)
    return too_large;
  // Bounds depth and number of values first: the parser does not.
  auto is = json::check(text, true);
  if (is == json::verdict::too_large)
    return too_large;
  rapidjson::Document made;
  if (is == json::verdict::good)
    made.Parse<rapidjson::kParseValidateEncodingFlag
               | rapidjson::kParseFullPrecisionFlag>(text.data(), text.size());
  if (is != json::verdict::good || made.HasParseError() || !made.IsObject())
    return failure{errc::validation_rejected,
                   "the arguments are not a JSON object"};
  return made;
}

// The parser tells 5.0 from 5; JSON Schema does not, and models write it.
void whole_numbers(rapidjson::Value& at) {
  constexpr double exact = 9'007'199'254'740'992; // 2^53
  if (at.IsObject())
    for (auto& [_, value] : at.GetObject())
      whole_numbers(value);
  else if (at.IsArray())
    for (auto& value : at.GetArray())
      whole_numbers(value);
  else if (at.IsDouble() && std::trunc(at.GetDouble()) == at.GetDouble()
           && std::fabs(at.GetDouble()) <= exact)
    at.SetInt64(static_cast<int64_t>(at.GetDouble()));
}

} // namespace

expected<argument_kind_ptr> argument_kind::compile(const shape_ptr& params) {
  auto text = schema_text(*params);
  if (!text)
    return text.error();
  if (!std::holds_alternative<object_shape>(params->is))
    return failure{errc::invalid_request, "parameters are a described struct",
                   "parameters"};
  rapidjson::Document parsed;
  parsed.Parse(text->data(), text->size());
  auto schema = argument_schema::compile(parsed);
  if (!schema)
    return schema.error();
  return argument_kind_ptr{new argument_kind{params, *std::move(schema)}};
}

expected<std::shared_ptr<void>>
argument_kind::read(std::string_view text) const {
  auto given = parse(text);
  if (!given)
    return given.error();
  whole_numbers(*given);
  if (auto fits = schema_->check(*given); !fits)
    return fits.error();
  auto made = std::get<object_shape>(params_->is).make();
  if (auto done = decode(*params_, *given, made.get()); !done)
    return done.error();
  return made;
}

} // namespace byollm
