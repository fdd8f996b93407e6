// SPDX-License-Identifier: Apache-2.0
#include "app/owner/grant.hpp"

#include "app/owner/json.hpp"
#include "messages/limits.hpp"

#include <algorithm>

namespace byollm::owner {

using std::chrono::seconds;

asked_grant read_grant(fields& in) {
  asked_grant made;
  auto& to = made.grant;
  to.tenant = in.text("tenant");
  to.user = in.text("user");
  to.extension = in.text("extension");
  to.kind = *caller_kind_of(
    in.choice("kind", {"chat_fn", "tool", "panel", "skeleton"}));
  to.turn = in.text_or("turn", "");
  to.single_use = in.flag("single_use");
  to.origin.source = read_source(in);
  to.purposes = in.texts("purposes").value_or(std::vector<std::string>{});
  if (auto calls = in.number("calls"))
    to.calls = static_cast<uint32_t>(std::min<uint64_t>(*calls, UINT32_MAX));
  constexpr auto most = seconds{limits::call_token_ttl_max}.count() + 1;
  auto ttl = in.number("ttl_s").value_or(
    static_cast<uint64_t>(seconds{limits::call_token_ttl}.count()));
  made.ttl = seconds{std::min<uint64_t>(ttl, static_cast<uint64_t>(most))};
  return made;
}

turn_source read_source(fields& in) {
  auto name = in.choice("source", {"chat", "panel", "mcp", "webhook"});
  if (name == "panel")
    return turn_source::panel;
  if (name == "mcp")
    return turn_source::mcp;
  return name == "webhook" ? turn_source::webhook : turn_source::chat;
}

std::string render(const call_token& token) {
  return json_text([&](json_writer& to) {
    to.StartObject();
    put(to, "token", token.text);
    put(to, "id", token.grant.id);
    put(to, "turn", token.grant.turn);
    to.Key("expires_unix_ms");
    to.Int64(token.grant.expires_unix_ms);
    to.EndObject();
  });
}

} // namespace byollm::owner
