// SPDX-License-Identifier: Apache-2.0
#include "tests/load/setup.hpp"

#include <set>

namespace byollm::load {

namespace {

constexpr auto actor = "load";
// Port 1 of loopback: nobody listens there.
constexpr auto nowhere = "http://127.0.0.1:1";

llm_settings settings(const std::string& url, std::string key) {
  llm_settings made;
  made.provider = "openai";
  made.model = "standin-1";
  made.base_url = url;
  made.key = std::move(key);
  return made;
}

template <class T>
status done(expected<T> what) {
  return what ? status{unit{}} : status{what.error()};
}

status configure_platform(const admin_accessor& admin, const scenario& load,
                          const std::string& url) {
  if (auto ok = done(admin.allow_origin("", url, true, actor).get()); !ok)
    return ok;
  auto key = "load-key-platform";
  if (auto ok = done(admin.set_platform_llm(settings(url, key), actor).get());
      !ok)
    return ok;
  parameters values;
  values.temperature = 0.4;
  for (const auto& purpose : load.request.purposes)
    if (auto ok = admin
                    .set_parameters(parameter_scope::purpose, purpose.name,
                                    values, actor)
                    .get();
        !ok)
      return ok;
  return unit{};
}

status configure_user(const admin_accessor& admin, const user& who,
                      const std::string& url) {
  if (who.kind == user_kind::platform)
    return unit{};
  auto key
    = who.kind == user_kind::bad_key ? bad_key : "load-key-" + who.id.str();
  const auto& to = who.kind == user_kind::unreachable ? nowhere : url;
  return done(admin
                .set_user_llm(who.tenant.str(), who.id.str(),
                              settings(to, std::move(key)), actor)
                .get());
}

} // namespace

status configure(const runtime& rt, const scenario& load,
                 const std::vector<user>& users,
                 const std::string& standin_url) {
  auto admin = rt.admin();
  if (auto ok = configure_platform(admin, load, standin_url); !ok)
    return ok;
  std::set<std::string> tenants;
  for (const auto& who : users)
    tenants.insert(who.tenant.str());
  for (const auto& tenant : tenants)
    for (auto& url : {standin_url, std::string{nowhere}})
      if (auto ok = admin.allow_origin(tenant, url, true, actor).get(); !ok)
        return ok;
  for (const auto& who : users)
    if (auto ok = configure_user(admin, who, standin_url); !ok)
      return ok;
  return unit{};
}

} // namespace byollm::load
