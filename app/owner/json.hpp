// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/byollm.hpp"
#include "app/vault/wiped_bytes.hpp"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <string>
#include <string_view>

namespace byollm::owner {

/// Lets a RapidJSON writer write into memory that is wiped.
struct secret_stream {
  using Ch = char;

  wiped_bytes& to;

  void Put(char c) {
    to.push_back(c);
  }

  void Flush() {
    // nop
  }
};

using json_writer = rapidjson::Writer<rapidjson::StringBuffer>;

template <class Writer>
void put(Writer& to, std::string_view text) {
  to.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
}

template <class Writer>
void put(Writer& to, std::string_view key, std::string_view text) {
  put(to, key);
  put(to, text);
}

template <class Writer>
void put_flag(Writer& to, std::string_view key, bool value) {
  put(to, key);
  to.Bool(value);
}

template <class Writer>
void put_number(Writer& to, std::string_view key, uint64_t value) {
  put(to, key);
  to.Uint64(value);
}

/// Writes only what is set, as one object.
template <class Writer>
void put(Writer& to, const parameters& values) {
  to.StartObject();
  for (auto which : all_parameters) {
    if (!values.has(which))
      continue;
    put(to, to_string(which));
    auto json = value_json(values, which);
    to.RawValue(json.data(), json.size(), rapidjson::kNumberType);
  }
  to.EndObject();
}

/// Returns what `write(json_writer&)` writes.
template <class Write>
std::string json_text(Write&& write) {
  rapidjson::StringBuffer buffer;
  json_writer writer{buffer};
  write(writer);
  return {buffer.GetString(), buffer.GetSize()};
}

// Renderings of the API's values, each one JSON object. None holds a key,
// because no value of the API does.
std::string render(const failure& why);
std::string render(const delta& piece);
std::string render(const message_reply& reply);
std::string render(const llm_view& view);
std::string render(const user_llm_page& page);
std::string render(const parameter_view& table);
std::string render(const policy_table& table);
std::string render(const platform_rules& rules);
std::string render(const price_view& table);
std::string render(const std::vector<usage_row>& rows);
std::string render(const explanation& plan);
std::string render(const std::vector<ledger_row>& rows);
std::string render(const ledger_verdict& verdict);
std::string render(const std::vector<std::string>& texts);
std::string render(const std::vector<ledger_stats_row>& rows);
std::string render(const runtime_stats& stats);

} // namespace byollm::owner
