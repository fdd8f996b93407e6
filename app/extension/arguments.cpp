// SPDX-License-Identifier: Apache-2.0
#include "app/extension/arguments.hpp"

#include "app/extension/decode.hpp"
#include "app/extension/schema_text.hpp"
#include "messages/limits.hpp"
#include "providers/json/document.hpp"

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
  if (auto fits = schema_->check(*given); !fits)
    return fits.error();
  auto made = std::get<object_shape>(params_->is).make();
  if (auto done = decode(*params_, *given, made.get()); !done)
    return done.error();
  return made;
}

} // namespace byollm
