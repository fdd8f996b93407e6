// SPDX-License-Identifier: Apache-2.0
#include "app/cli/demo/platform.hpp"

#include "app/cli/demo/provider.hpp"

namespace byollm::demo {

namespace {

constexpr auto actor = "byollm-demo";

status allow(const admin_accessor& admin, const std::string& url,
             bool allowed) {
  for (auto whose : {"", tenant})
    if (auto done = admin.allow_origin(whose, url, allowed, actor).get(); !done)
      return done;
  return unit{};
}

// Each run has a stand-in on another port. The last one's origin is withdrawn
// when nothing stored points there any more.
status withdraw(const admin_accessor& admin,
                const std::optional<llm_view>& last, const std::string& url) {
  if (!last || last->base_url == url)
    return unit{};
  return allow(admin, last->base_url, false);
}

status set_platform(const admin_accessor& admin, const std::string& url) {
  llm_settings llm;
  llm.provider = "openai";
  llm.model = "standin-platform";
  llm.base_url = url;
  llm.key = throwaway_key("platform-");
  auto set = admin.set_platform_llm(std::move(llm), actor).get();
  return set ? status{unit{}} : status{set.error()};
}

// The stand-in reports neither reading nor writing of a cache to OpenAI's
// dialect, so only input and output have a price.
status set_price(const admin_accessor& admin) {
  price_entry price{"openai", "standin-platform", 0,
                    token_prices{2'000'000, {}, {}, 8'000'000}};
  return admin.change_price(std::move(price), actor).get();
}

status set_parameters(const admin_accessor& admin) {
  parameters everywhere;
  everywhere.temperature = 0.7;
  parameters narrator;
  narrator.temperature = 0.4;
  narrator.max_tokens = 800;
  parameters bounds;
  bounds.max_tokens = 4'000;
  using scope = parameter_scope;
  if (auto set
      = admin.set_parameters(scope::global, "", everywhere, actor).get();
      !set)
    return set;
  if (auto set
      = admin.set_parameters(scope::purpose, "chain_narrator", narrator, actor)
          .get();
      !set)
    return set;
  return admin.set_parameters(scope::ceiling, "", bounds, actor).get();
}

// A stranger's http origin needs the admin's word; here the demo gives it.
status allow_own(const admin_accessor& admin, const llm_settings& own) {
  if (!own.base_url.starts_with("http://"))
    return unit{};
  return admin.allow_origin(tenant, own.base_url, true, actor).get();
}

status set_users(const admin_accessor& admin, const std::string& url,
                 llm_settings own) {
  if (auto allowed = allow_own(admin, own); !allowed)
    return allowed;
  auto ada = admin.set_user_llm(tenant, "ada", std::move(own), "ada").get();
  if (!ada)
    return ada.error();
  llm_settings local;
  local.provider = "local-ollama";
  local.model = "standin-local";
  local.base_url = url;
  local.key = "";
  auto cleo
    = admin.set_user_llm(tenant, "cleo", std::move(local), "cleo").get();
  return cleo ? status{unit{}} : status{cleo.error()};
}

} // namespace

status prepare(const runtime& rt, const std::string& standin_url,
               llm_settings own) {
  auto admin = rt.admin();
  auto last = admin.platform_llm().get();
  if (!last)
    return last.error();
  if (auto done = allow(admin, standin_url, true); !done)
    return done;
  if (auto done = set_platform(admin, standin_url); !done)
    return done;
  if (auto done = set_price(admin); !done)
    return done;
  if (auto done = set_parameters(admin); !done)
    return done;
  if (auto done = set_users(admin, standin_url, std::move(own)); !done)
    return done;
  return withdraw(admin, *last, standin_url);
}

} // namespace byollm::demo
