// SPDX-License-Identifier: Apache-2.0
#include "app/owner/login.hpp"

#include "app/owner/json.hpp"

namespace byollm::owner {

login_identity read_login(fields& in) {
  login_identity who;
  who.is_admin = in.flag("admin");
  if (who.is_admin) {
    who.name = in.text_or("name", "admin");
    return who;
  }
  who.tenant = in.text("tenant");
  who.user = in.text("user");
  return who;
}

std::string render(const login_link& link) {
  return json_text([&](json_writer& to) {
    to.StartObject();
    put(to, "url", link.url);
    to.Key("expires_unix_ms");
    to.Int64(link.expires_unix_ms);
    to.EndObject();
  });
}

} // namespace byollm::owner
