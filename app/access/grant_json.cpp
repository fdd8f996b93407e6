// SPDX-License-Identifier: Apache-2.0
#include "app/access/grant_json.hpp"

#include "messages/limits.hpp"
#include "providers/json/document.hpp"
#include "providers/json/writer.hpp"

#include <algorithm>
#include <array>

namespace byollm {

namespace {

constexpr std::array sources
  = {turn_source::chat, turn_source::panel, turn_source::mcp,
     turn_source::webhook, turn_source::test};
constexpr std::array actions
  = {action_type::read, action_type::write, action_type::destructive};

template <class Values, class Value>
bool read_name(const json::value* from, const Values& values, Value& to) {
  auto name = json::text_of(from);
  auto it = std::ranges::find_if(
    values, [&](auto one) { return to_string(one) == name; });
  if (it == values.end())
    return false;
  to = *it;
  return true;
}

bool read_time(const json::value* from, int64_t& to) {
  auto count = json::count_of(from);
  // As far as a double counts, which other readers may use.
  if (!count || *count > (1ull << 53))
    return false;
  to = static_cast<int64_t>(*count);
  return true;
}

bool read_count(const json::value* from, uint32_t& to) {
  auto count = json::count_of(from);
  if (!count || *count > UINT32_MAX)
    return false;
  to = static_cast<uint32_t>(*count);
  return true;
}

bool read(const json::value& from, token_claims& to) {
  auto& grant = to.grant;
  auto text = [&](const char* name) {
    return std::string{json::text_of(json::find(from, name))};
  };
  to.audience = text("aud");
  to.run = text("run");
  grant.tenant = text("tenant");
  grant.user = text("user");
  grant.extension = text("ext");
  grant.id = text("id");
  grant.turn = text("turn");
  grant.origin.function = text("fn");
  grant.single_use = json::is_true(json::find(from, "once"));
  grant.is_for_open_turn = json::is_true(json::find(from, "open"));
  for (const auto& purpose : json::elements{json::find(from, "purposes")})
    grant.purposes.emplace_back(json::text_of(&purpose));
  auto kind = caller_kind_of(json::text_of(json::find(from, "kind")));
  if (!kind)
    return false;
  grant.kind = *kind;
  if (auto calls = json::find(from, "calls"))
    if (!read_count(calls, grant.calls.emplace()))
      return false;
  return read_count(json::find(from, "gen"), to.generation)
         && read_time(json::find(from, "iat"), grant.issued_unix_ms)
         && read_time(json::find(from, "exp"), grant.expires_unix_ms)
         && read_name(json::find(from, "src"), sources, grant.origin.source)
         && read_name(json::find(from, "act"), actions, grant.origin.action);
}

} // namespace

std::string to_json(const token_claims& claims) {
  const auto& grant = claims.grant;
  std::string out;
  json::writer to{out};
  to.begin_object().member("aud", claims.audience);
  to.key("gen").number(int64_t{claims.generation});
  to.member("tenant", grant.tenant).member("user", grant.user);
  to.member("ext", grant.extension).member("kind", to_string(grant.kind));
  to.member("id", grant.id).member("turn", grant.turn);
  to.member("src", to_string(grant.origin.source));
  to.member("act", to_string(grant.origin.action));
  to.member("fn", grant.origin.function);
  to.key("purposes").begin_array();
  for (const auto& purpose : grant.purposes)
    to.string(purpose);
  to.end_array();
  if (grant.calls)
    to.key("calls").number(int64_t{*grant.calls});
  to.member("once", grant.single_use);
  if (!claims.run.empty())
    to.member("run", claims.run);
  if (grant.is_for_open_turn)
    to.member("open", true);
  to.key("iat").number(grant.issued_unix_ms);
  to.key("exp").number(grant.expires_unix_ms);
  to.end_object();
  return out;
}

expected<token_claims> claims_of(std::string_view json) {
  json::document parsed;
  token_claims made;
  if (parsed.parse(json) != json::verdict::good || !parsed.root().is_object()
      || !read(parsed.root(), made))
    return failure{errc::unauthenticated, "the call token is malformed"};
  return made;
}

} // namespace byollm
