// SPDX-License-Identifier: Apache-2.0
#include "app/clients/anthropic/parts.hpp"

namespace byollm::clients::anthropic {

namespace {

// When a model was made, nobody told us.
void append_model(json::writer& to, std::string_view name) {
  to.begin_object().member("type", "model").member("id", name);
  to.member("display_name", name);
  to.member("created_at", "1970-01-01T00:00:00Z").end_object();
}

void append_end(json::writer& to, std::string_view name,
                const std::string* model) {
  to.key(name);
  model ? to.string(*model) : to.null();
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
  to.begin_object().key("data").begin_array();
  for (const auto& name : names)
    append_model(to, name);
  to.end_array().member("has_more", false);
  append_end(to, "first_id", names.empty() ? nullptr : &names.front());
  append_end(to, "last_id", names.empty() ? nullptr : &names.back());
  to.end_object();
  return out;
}

} // namespace byollm::clients::anthropic
