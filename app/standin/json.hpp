// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace byollm::standin {

inline std::string_view as_text(const rapidjson::Value& value) {
  return {value.GetString(), value.GetStringLength()};
}

/// A rapidjson writer that takes members in one call each.
class json_writer {
public:
  json_writer& open() {
    writer_.StartObject();
    return *this;
  }

  json_writer& open(std::string_view name) {
    return key(name).open();
  }

  json_writer& close() {
    writer_.EndObject();
    return *this;
  }

  json_writer& open_list(std::string_view name) {
    key(name);
    writer_.StartArray();
    return *this;
  }

  json_writer& open_list() {
    writer_.StartArray();
    return *this;
  }

  json_writer& close_list() {
    writer_.EndArray();
    return *this;
  }

  json_writer& key(std::string_view name) {
    writer_.Key(name.data(), static_cast<rapidjson::SizeType>(name.size()));
    return *this;
  }

  json_writer& text(std::string_view value) {
    writer_.String(value.data(),
                   static_cast<rapidjson::SizeType>(value.size()));
    return *this;
  }

  json_writer& add(std::string_view name, std::string_view value) {
    return key(name).text(value);
  }

  json_writer& add(std::string_view name, const char* value) {
    return key(name).text(value);
  }

  json_writer& add(std::string_view name, uint64_t value) {
    key(name);
    writer_.Uint64(value);
    return *this;
  }

  json_writer& add(std::string_view name, bool value) {
    key(name);
    writer_.Bool(value);
    return *this;
  }

  json_writer& add_null(std::string_view name) {
    key(name);
    writer_.Null();
    return *this;
  }

  /// Adds a member whose value is JSON text already.
  json_writer& add_raw(std::string_view name, std::string_view json) {
    key(name);
    writer_.RawValue(json.data(), json.size(), rapidjson::kObjectType);
    return *this;
  }

  json_writer& number(double value) {
    writer_.Double(value);
    return *this;
  }

  std::string str() const {
    return {buffer_.GetString(), buffer_.GetSize()};
  }

private:
  rapidjson::StringBuffer buffer_;
  rapidjson::Writer<rapidjson::StringBuffer> writer_{buffer_};
};

/// Returns `value` as compact JSON.
inline std::string to_json(const rapidjson::Value& value) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer{buffer};
  value.Accept(writer);
  return {buffer.GetString(), buffer.GetSize()};
}

} // namespace byollm::standin
