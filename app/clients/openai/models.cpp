// SPDX-License-Identifier: Apache-2.0
#include "app/clients/openai/parts.hpp"

namespace byollm::clients::openai {

namespace {

// When a model was made, nobody told us.
void append_model(json::writer& to, std::string_view name) {
  to.begin_object().member("id", name).member("object", "model");
  to.key("created").number(int64_t{0}).member("owned_by", "byollm");
  to.end_object();
}

} // namespace

std::string render_model(std::string_view name) {
  std::string out;
  json::writer to{out};
  append_model(to, name);
  return out;
}

std::string render_models(const std::vector<std::string>& names) {
  std::string out;
  json::writer to{out};
  to.begin_object().member("object", "list").key("data").begin_array();
  for (const auto& name : names)
    append_model(to, name);
  to.end_array().end_object();
  return out;
}

} // namespace byollm::clients::openai
