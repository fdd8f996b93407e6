// SPDX-License-Identifier: Apache-2.0
// Stored LLMs, one or a list.
#include "app/owner/json.hpp"

namespace byollm::owner {

namespace {

void put_fields(json_writer& to, const llm_view& view) {
  put(to, "provider", view.provider);
  put(to, "model", view.model);
  put(to, "base_url", view.base_url);
  put(to, "embedding_model", view.embedding_model);
  put_flag(to, "has_key", view.has_key);
  put_number(to, "key_version", view.key_version);
  put_flag(to, "enabled", view.enabled);
  put_flag(to, "admin_disabled", view.admin_disabled);
  put(to, "fallback", to_string(view.fallback));
  put_number(to, "epoch", view.epoch);
  put(to, "notices");
  to.StartArray();
  for (const auto& notice : view.notices)
    put(to, notice);
  to.EndArray();
  if (!view.refused)
    return;
  put(to, "refused");
  to.StartObject();
  put(to, "code", to_string(view.refused->code));
  put_number(to, "since_unix_ms",
             static_cast<uint64_t>(view.refused->since_unix_ms));
  to.EndObject();
}

} // namespace

std::string render(const llm_view& view) {
  return json_text([&](json_writer& to) {
    to.StartObject();
    put_fields(to, view);
    to.EndObject();
  });
}

std::string render(const user_llm_page& page) {
  return json_text([&](json_writer& to) {
    to.StartObject();
    put(to, "users");
    to.StartArray();
    for (const auto& entry : page.users) {
      to.StartObject();
      put(to, "user", entry.user);
      put_flag(to, "readable", entry.llm.has_value());
      if (entry.llm)
        put_fields(to, *entry.llm);
      to.EndObject();
    }
    to.EndArray();
    put_flag(to, "has_more", page.has_more);
    to.EndObject();
  });
}

} // namespace byollm::owner
