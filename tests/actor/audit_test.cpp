// SPDX-License-Identifier: Apache-2.0
// Goal: every change of settings leaves a record that says who changed what,
// and never a key. Method: one change of each kind through the real actors.
#include "actors/price_rules.hpp"
#include "messages/limits.hpp"
#include "tests/actor/config_world.hpp"

#include <catch2/catch.hpp>

namespace byollm {

namespace {

const std::string key = "key-with-a-marker";

using wanted
  = std::variant<user_change, platform_change, origin_change, trust_change>;

user_change of_user(std::optional<llm_change> llm,
                    std::optional<bool> disabled = {}) {
  return {*tenant_id::parse("acme"), *user_id::parse("ada"), std::move(llm),
          disabled, "eve"};
}

llm_change llm(fallback_policy fallback = fallback_policy::error) {
  return {"openai", "gpt", "", make_slip(key), true, fallback};
}

platform_change of_platform(platform_change::part what) {
  platform_change made;
  made.what = what;
  made.actor = "eve";
  return made;
}

platform_change of_llm(platform_change::part what, bool present) {
  auto made = of_platform(what);
  if (present)
    made.llm = llm();
  return made;
}

platform_change of_table(parameter_scope scope, std::string name,
                         std::optional<double> temperature) {
  auto made = of_platform(platform_change::part::table);
  made.entry = {scope, std::move(name), {}};
  made.entry.values.temperature = temperature;
  return made;
}

platform_change of_rules(platform_change::policy rules) {
  auto made = of_platform(platform_change::part::rules);
  made.rules = rules;
  return made;
}

platform_change of_price(platform_change::price_entry price) {
  auto made = of_platform(platform_change::part::price);
  made.price = std::move(price);
  return made;
}

ca_bundle_ptr some_trust() {
  return std::make_shared<const ca_bundle>(ca_bundle{"pem", "f00d", 3});
}

status change(config_world& in, const wanted& what) {
  if (auto user = std::get_if<user_change>(&what)) {
    auto done = in.ask<answer<llm_summary>>(
      in.directory, atom::change_v, std::make_shared<const user_change>(*user));
    return done && **done ? status{unit{}} : (**done).error();
  }
  std::optional<answer<unit>> done;
  if (auto platform = std::get_if<platform_change>(&what))
    done = in.ask<answer<unit>>(
      in.platform, atom::change_v,
      std::make_shared<const platform_change>(*platform));
  else if (auto trust = std::get_if<trust_change>(&what))
    done = in.ask<answer<unit>>(in.directory, atom::change_v,
                                std::make_shared<const trust_change>(*trust));
  else if (auto& origin = std::get<origin_change>(what); origin.tenant.empty())
    done = in.ask<answer<unit>>(in.platform, atom::change_v,
                                std::make_shared<const origin_change>(origin));
  else
    done = in.ask<answer<unit>>(in.directory, atom::change_v,
                                std::make_shared<const origin_change>(origin));
  REQUIRE(done);
  return **done;
}

} // namespace

TEST_CASE("every kind of change says who changed what, and shows no key",
          "[audit]") {
  using part = platform_change::part;
  using scope = parameter_scope;
  const auto origin = "http://127.0.0.1:9";
  const auto own = "openai gpt https://api.openai.com:443/v1 key v";
  struct row {
    wanted what;
    std::string tenant;
    std::string user;
    std::string subject;
    std::string summary;
  };
  const std::vector<row> table = {
    {of_user(llm()), "acme", "ada", "user_llm", own + std::string{"1"}},
    {of_user(llm(fallback_policy::platform)), "acme", "ada", "user_llm",
     own + std::string{"2 falls back"}},
    {of_user({}, true), "acme", "ada", "user_llm",
     own + std::string{"2 falls back disabled by the admin"}},
    {of_user({}), "acme", "ada", "user_llm",
     "removed; stays disabled by the admin"},
    {of_user({}, false), "acme", "ada", "user_llm_removed", "removed"},
    {of_llm(part::llm, true), "", "", "platform",
     "llm " + (own + std::string{"1 new key"})},
    {of_llm(part::llm, false), "", "", "platform", "llm removed"},
    {of_llm(part::second_choice, true), "", "", "platform",
     "second_choice " + (own + std::string{"1 new key"})},
    {of_table(scope::purpose, "narrator", 0.4), "", "", "platform",
     "parameters purpose narrator temperature=0.4"},
    {of_table(scope::purpose, "narrator", {}), "", "", "platform",
     "parameters purpose narrator removed"},
    {of_table(scope::extension, "writer", 0.5), "", "", "platform",
     "parameters extension writer temperature=0.5"},
    {of_table(scope::global, "", 0.7), "", "", "platform",
     "parameters global temperature=0.7"},
    {of_table(scope::ceiling, "", 1), "", "", "platform",
     "parameters ceiling temperature=1"},
    {of_rules({disabled_policy::refuse, true, 0, unknown_price_policy::refuse}),
     "", "", "platform",
     "rules when_disabled=refuse caller_may_name_model=true "
     "ambiguous_retries=0 unknown_price=refuse"},
    {of_price({"openai", "gpt", 5, token_prices{2, 1, {}, 8}}), "", "",
     "platform",
     "price set openai gpt v11 input_uncached=2 cache_read=1 output=8 "
     "from_unix_ms=5"},
    {of_price({"openai", "gpt", {}, token_prices{3, {}, {}, {}}}), "", "",
     "platform", "price set openai gpt v12 input_uncached=3 from_unix_ms=1"},
    {of_price({"openai", "gpt", 1, {}}), "", "", "platform",
     "price removed openai gpt v12 input_uncached=3 from_unix_ms=1"},
    {origin_change{"", origin, true, "eve"}, "", "", "allowed_origin",
     origin + std::string{" allowed"}},
    {origin_change{"acme", origin, true, "eve"}, "acme", "", "allowed_origin",
     origin + std::string{" allowed"}},
    {origin_change{"acme", origin, false, "eve"}, "acme", "", "allowed_origin",
     origin + std::string{" withdrawn"}},
    {trust_change{"acme", some_trust(), "eve"}, "acme", "", "tenant_ca",
     "3 certificates sha256:f00d set"},
    {trust_change{"acme", {}, "eve"}, "acme", "", "tenant_ca",
     "3 certificates sha256:f00d removed"},
  };
  config_world world;
  for (const auto& [what, tenant, user, subject, summary] : table) {
    CAPTURE(summary);
    auto before = world.changes.size();
    auto done = change(world, what);
    INFO((done ? "" : describe(done.error())));
    REQUIRE(done);
    REQUIRE(world.changes.size() == before + 1);
    const auto& record = world.changes.back();
    CHECK(record.actor == "eve");
    CHECK(record.tenant == tenant);
    CHECK(record.user == user);
    CHECK(record.subject == subject);
    CHECK(record.summary == summary);
    for (const auto& text : {record.subject, record.summary})
      for (size_t i = 0; i + 8 <= key.size(); ++i)
        CHECK(text.find(key.substr(i, 8)) == std::string::npos);
  }
}

TEST_CASE("a change that nobody put a name to is the host's", "[audit]") {
  config_world world;
  auto nameless = of_price({"openai", "gpt", 5, token_prices{1, {}, {}, 1}});
  nameless.actor = "";
  auto user = of_user(llm());
  user.actor = "";
  for (const wanted& what :
       {wanted{nameless}, wanted{user},
        wanted{origin_change{"", "http://127.0.0.1:9", true, ""}},
        wanted{origin_change{"acme", "http://127.0.0.1:9", true, ""}}}) {
    REQUIRE(change(world, what));
    CHECK(world.changes.back().actor == "host");
  }
}

TEST_CASE("a price that cannot be one is refused and named", "[audit]") {
  config_world world;
  auto refused = [&](platform_change::price_entry price) {
    auto done = change(world, of_price(std::move(price)));
    return done ? failure{} : done.error();
  };
  token_prices some = {1, {}, {}, 1};
  CHECK(refused({"nobody", "gpt", 5, some}).parameter == "provider");
  CHECK(refused({"openai", "", 5, some}).parameter == "model");
  CHECK(refused({"openai", "gpt", 5, token_prices{}}).parameter == "price");
  some.output = limits::price_micro_max + 1;
  CHECK(refused({"openai", "gpt", 5, some}).parameter == "output");
  some.output = limits::price_micro_max;
  CHECK(refused({"openai", "gpt", 5, some}).code == errc::none);
  CHECK(refused({"openai", "gpt", 6, {}}).code == errc::not_found);
  CHECK(refused({"openai", "gpt", {}, {}}).code == errc::none);
  CHECK(world.platform_row.prices.empty());
  CHECK(world.changes.size() == 2);
}

TEST_CASE("prices are in order, and their number has a bound", "[audit]") {
  config_world world;
  for (auto [model, from] :
       {std::pair{"m2", 5}, {"m1", 9}, {"m1", 2}, {"m1", 9}}) {
    auto price = of_price({"openai", model, from, token_prices{1, {}, {}, 1}});
    REQUIRE(change(world, price));
  }
  std::vector<std::pair<std::string, uint64_t>> found;
  for (const auto& price : world.platform_row.prices)
    found.emplace_back(price.model, price.version);
  CHECK(found
        == std::vector<std::pair<std::string, uint64_t>>{
          {"m1", 4}, {"m1", 5}, {"m2", 2}});
  auto row = world.platform_row;
  row.prices.resize(limits::prices_max, row.prices.back());
  auto full = change_price(
    row.prices, {"openai", "one-more", 5, token_prices{1, {}, {}, 1}},
    *two_providers(), 9, 1);
  REQUIRE_FALSE(full);
  CHECK(full.error().code == errc::limit_exceeded);
}

} // namespace byollm
