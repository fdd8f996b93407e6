// SPDX-License-Identifier: Apache-2.0
#include "app/cli/request.hpp"

namespace byollm::cli {

request::request(std::string_view operation) {
  writer_.StartObject();
  text("op", operation);
}

request& request::text(std::string_view name, std::string_view value) {
  owner::put(writer_, name, value);
  return *this;
}

request& request::text_if(std::string_view name, std::string_view value) {
  return value.empty() ? *this : text(name, value);
}

request& request::texts(std::string_view name,
                        const std::vector<std::string>& values) {
  owner::put(writer_, name);
  writer_.StartArray();
  for (const auto& value : values)
    owner::put(writer_, value);
  writer_.EndArray();
  return *this;
}

request& request::flag(std::string_view name, bool value) {
  owner::put_flag(writer_, name, value);
  return *this;
}

request& request::number(std::string_view name, uint64_t value) {
  owner::put_number(writer_, name, value);
  return *this;
}

request& request::texts_if(std::string_view name,
                           const std::vector<std::string>& values) {
  return values.empty() ? *this : texts(name, values);
}

request& request::params(std::string_view name, const parameters& values) {
  owner::put(writer_, name);
  owner::put(writer_, values);
  return *this;
}

request& request::who(const options& opts) {
  return text("tenant", opts.tenant)
    .text("user", opts.user)
    .text("extension", opts.extension);
}

wiped_bytes request::take() {
  writer_.EndObject();
  return std::move(bytes_);
}

} // namespace byollm::cli
