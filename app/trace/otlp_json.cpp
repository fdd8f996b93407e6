// SPDX-License-Identifier: Apache-2.0
#include "app/trace/otlp_json.hpp"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace byollm::trace {

namespace {

using writer = rapidjson::Writer<rapidjson::StringBuffer>;

constexpr int status_error = 2;

void put(writer& to, std::string_view text) {
  to.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
}

void put(writer& to, std::string_view key, std::string_view text) {
  put(to, key);
  put(to, text);
}

void put_nanos(writer& to, std::string_view key, int64_t us) {
  put(to, key, std::to_string(us) + "000");
}

struct value_writer {
  writer& to;

  void operator()(const std::string& text) const {
    to.StartObject();
    put(to, "stringValue", text);
    to.EndObject();
  }

  void operator()(int64_t number) const {
    to.StartObject();
    put(to, "intValue", std::to_string(number));
    to.EndObject();
  }

  void operator()(const std::vector<std::string>& texts) const {
    to.StartObject();
    to.Key("arrayValue");
    to.StartObject();
    to.Key("values");
    to.StartArray();
    for (const auto& each : texts)
      (*this)(each);
    to.EndArray();
    to.EndObject();
    to.EndObject();
  }
};

void put_attribute(writer& to, std::string_view key, const span::value& value) {
  to.StartObject();
  put(to, "key", key);
  to.Key("value");
  std::visit(value_writer{to}, value);
  to.EndObject();
}

void put_span(writer& to, const span& from) {
  to.StartObject();
  put(to, "traceId", from.trace_id);
  put(to, "spanId", from.span_id);
  if (!from.parent_id.empty())
    put(to, "parentSpanId", from.parent_id);
  if (!from.state.empty())
    put(to, "traceState", from.state);
  to.Key("flags");
  to.Uint(from.flags);
  put(to, "name", from.name);
  to.Key("kind");
  to.Uint(static_cast<unsigned>(from.kind));
  put_nanos(to, "startTimeUnixNano", from.start_unix_us);
  put_nanos(to, "endTimeUnixNano", from.end_unix_us);
  to.Key("attributes");
  to.StartArray();
  for (const auto& [key, value] : from.attributes)
    put_attribute(to, key, value);
  to.EndArray();
  to.Key("status");
  to.StartObject();
  if (!from.error.empty()) {
    to.Key("code");
    to.Int(status_error);
  }
  to.EndObject();
  to.EndObject();
}

void put_resource(writer& to) {
  to.Key("resource");
  to.StartObject();
  to.Key("attributes");
  to.StartArray();
  put_attribute(to, "service.name", std::string{"byollmd"});
  put_attribute(to, "service.version", std::string{BYOLLM_VERSION});
  to.EndArray();
  to.EndObject();
}

} // namespace

std::string otlp_json(std::span<const span> spans) {
  rapidjson::StringBuffer buffer;
  writer to{buffer};
  to.StartObject();
  to.Key("resourceSpans");
  to.StartArray();
  to.StartObject();
  put_resource(to);
  to.Key("scopeSpans");
  to.StartArray();
  to.StartObject();
  to.Key("scope");
  to.StartObject();
  put(to, "name", "byollm");
  put(to, "version", BYOLLM_VERSION);
  to.EndObject();
  to.Key("spans");
  to.StartArray();
  for (const auto& each : spans)
    put_span(to, each);
  to.EndArray();
  to.EndObject();
  to.EndArray();
  to.EndObject();
  to.EndArray();
  to.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

} // namespace byollm::trace
