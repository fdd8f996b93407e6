// SPDX-License-Identifier: Apache-2.0
// Goal: a change of configuration is durable, then visible, then answered; what
// cannot be read is broken, not absent; idle tenants sleep. Method: the real
// actors over a store in memory.
#include "tests/actor/config_world.hpp"

#include "tests/support/test_receipt_office.hpp"

#include <catch2/catch.hpp>

namespace byollm {

TEST_CASE("a saved configuration is what the next look-up finds", "[config]") {
  config_world world;
  CHECK(world.lookup().is == user_lookup::state::absent);
  REQUIRE(world.set_user("ada", "gpt-4.1", make_slip("key-1")));
  auto found = world.lookup();
  REQUIRE(found.is == user_lookup::state::present);
  CHECK(found.config->target->model() == "gpt-4.1");
  CHECK(world.rows["ada"].envelope
        == std::vector<uint8_t>{'1', '-', 'y', 'e', 'k'});
  CHECK(world.changes.size() == 1);
  CHECK(world.changes[0].summary.find("key-1") == std::string::npos);
  CHECK(world.lookup("bob").is == user_lookup::state::absent);
}

TEST_CASE("a change that the store refuses leaves everything as it was",
          "[config]") {
  config_world world;
  REQUIRE(world.set_user("ada", "old", make_slip("key-1")));
  world.writes_fail = true;
  auto refused = world.set_user("ada", "new", make_slip("key-2"));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::store_unavailable);
  CHECK_FALSE(world.remove_user("ada"));
  CHECK(world.lookup().config->target->model() == "old");
}

TEST_CASE("a store that cannot be read means broken, and is asked again",
          "[config]") {
  config_world world;
  world.store_fails = true;
  CHECK(world.lookup().is == user_lookup::state::broken);
  world.store_fails = false;
  CHECK(world.lookup().is == user_lookup::state::absent);
}

TEST_CASE(
  "changes of one tenant run one after the other, in any order of events",
  "[config][seeds]") {
  for (uint64_t seed = 1; seed <= 50; ++seed) {
    INFO("seed " << seed);
    config_world world{seed};
    REQUIRE(world.set_user("ada", "m0", make_slip("key-0")));
    for (int i = 1; i <= 5; ++i) {
      llm_change wanted{"openai", "m" + std::to_string(i), "",
                        make_slip("key")};
      caf::anon_send(world.directory, atom::change_v,
                     std::make_shared<const user_change>(
                       user_change{*tenant_id::parse("acme"),
                                   *user_id::parse("ada"),
                                   wanted,
                                   {},
                                   "test"}));
    }
    world.sys.drain();
    CHECK(world.changes.size() == 6);
    CHECK(world.rows["ada"].key_version == 6);
    CHECK(world.rows["ada"].epoch == 6);
    CHECK(world.lookup().config->epoch == 6);
  }
}

TEST_CASE("a removed configuration is absent, and its key leased no more",
          "[config]") {
  config_world world;
  REQUIRE(world.set_user("ada", "m", make_slip("key-1")));
  // A turn may have pinned the key that was there before, too.
  auto replaced = world.lookup().config->target;
  REQUIRE(world.set_user("ada", "m", make_slip("key-2")));
  auto target = world.lookup().config->target;
  REQUIRE(target->isolation_key() != replaced->isolation_key());
  auto lease = [&](const llm_target::ptr& whose) {
    auto receipt = test_receipt_office::receipt("c1");
    auto ticket = world.ask<answer<lease_ticket_ptr>>(
      world.gateway, atom::lease_v, whose, receipt);
    return ticket && **ticket;
  };
  CHECK(lease(target));
  CHECK(lease(replaced));
  REQUIRE(world.remove_user("ada"));
  CHECK(world.rows.empty());
  CHECK(world.lookup().is == user_lookup::state::absent);
  CHECK_FALSE(lease(target));
  CHECK_FALSE(lease(replaced));
  CHECK(world.revoked
        == std::vector{std::pair{target->binding().key_id, every_key_version}});
  CHECK(world.remove_user("ada").error().code == errc::not_found);
}

TEST_CASE("what the admin disabled stays so when it is removed and entered",
          "[config]") {
  config_world world;
  REQUIRE(world.set_user("ada", "m", make_slip("key-1")));
  auto key = world.lookup().config->target->binding().key_id;
  REQUIRE(world.disable_user("ada", true));
  CHECK(world.lookup().config->admin_disabled);
  REQUIRE(world.remove_user("ada"));
  // The key is gone; that the admin said no is not.
  CHECK(world.rows["ada"].envelope.empty());
  CHECK(world.revoked == std::vector{std::pair{key, every_key_version}});
  REQUIRE(world.lookup().is == user_lookup::state::present);
  CHECK(world.lookup().config->admin_disabled);
  CHECK(world.remove_user("ada").error().code == errc::not_found);
  CHECK(world.set_user("ada", "m", nullptr).error().code == errc::invalid_key);
  REQUIRE(world.set_user("ada", "m", make_slip("key-2")));
  CHECK(world.lookup().config->admin_disabled);
  CHECK(world.rows["ada"].key_version == 1);
  REQUIRE(world.disable_user("ada", false));
  CHECK_FALSE(world.lookup().config->admin_disabled);
}

TEST_CASE("when the admin enables what its user removed, nothing is left",
          "[config]") {
  config_world world;
  REQUIRE(world.set_user("ada", "m", make_slip("key-1")));
  REQUIRE(world.disable_user("ada", true));
  REQUIRE(world.remove_user("ada"));
  REQUIRE(world.disable_user("ada", true));
  REQUIRE(world.disable_user("ada", false));
  CHECK(world.rows.empty());
  CHECK(world.lookup().is == user_lookup::state::absent);
  CHECK(world.disable_user("ada", true).error().code == errc::not_found);
}

TEST_CASE("a tenant that nobody uses sleeps, and wakes with what is stored",
          "[config]") {
  config_world world;
  REQUIRE(world.set_user("ada", "m", make_slip("key-1")));
  CHECK(world.awake() == 1);
  auto running = world.sys.system().registry().running();
  while (world.clock.ring_next())
    world.sys.drain();
  CHECK(world.awake() == 0);
  CHECK(world.sys.system().registry().running() == running - 1);
  CHECK(world.clock.pending() == 0);
  CHECK(world.lookup().config->target->model() == "m");
  CHECK(world.awake() == 1);
}

TEST_CASE("a tenant that is used does not sleep", "[config]") {
  config_world world;
  world.lookup();
  auto loads = world.loads;
  for (int i = 0; i < 5; ++i) {
    REQUIRE(world.clock.ring_next());
    world.sys.drain();
    world.lookup();
  }
  CHECK(world.awake() == 1);
  CHECK(world.loads == loads);
}

TEST_CASE("the platform's configuration reaches the resolver before the answer",
          "[config]") {
  config_world world;
  auto change = [&](platform_change wanted) {
    auto done = world.ask<answer<unit>>(
      world.platform, atom::change_v,
      std::make_shared<const platform_change>(std::move(wanted)));
    return done ? **done : expected<unit>{failure{errc::unavailable}};
  };
  platform_change llm;
  llm.llm = llm_change{"anthropic", "claude-x", "", make_slip("key-p")};
  REQUIRE(change(llm));
  platform_change table;
  table.what = platform_change::part::table;
  table.entry = {parameter_scope::purpose, "narrator", {}};
  table.entry.values.temperature = 0.4;
  REQUIRE(change(table));
  auto who = std::make_shared<const call_context>(call_context{
    {*tenant_id::parse("acme"), *user_id::parse("ada"), *app_id::parse("x")},
    *turn_id::parse("t")});
  auto pinned = world.ask<shared<pinned_turn>>(
    world.resolver, atom::pin_v, who, std::make_shared<const user_lookup>());
  REQUIRE(pinned);
  CHECK((*pinned)->model == "claude-x");
  CHECK((*pinned)->on->platform->per_purpose.at("narrator").temperature == 0.4);
  CHECK(world.platform_row.version == 3);
  table.entry.values.temperature = 9.0;
  CHECK(change(table).error().parameter == "temperature");
  table.entry = {parameter_scope::purpose, "bad name", {}};
  CHECK(change(table).error().parameter == "name");
}

TEST_CASE("an origin that the platform's LLM uses is not withdrawn",
          "[config]") {
  config_world world;
  const std::string origin = "http://127.0.0.1:9";
  auto allow = [&](bool allowed) {
    auto done
      = world.ask<answer<unit>>(world.platform, atom::change_v,
                                std::make_shared<const origin_change>(
                                  origin_change{"", origin, allowed, "test"}));
    return done && **done;
  };
  REQUIRE(allow(true));
  platform_change llm;
  llm.llm = llm_change{"openai", "m", origin, make_slip("key-p")};
  REQUIRE(
    **world.ask<answer<unit>>(world.platform, atom::change_v,
                              std::make_shared<const platform_change>(llm)));
  CHECK_FALSE(allow(false));
  CHECK(world.allowed[""] == name_list{origin});
  platform_change none;
  REQUIRE(
    **world.ask<answer<unit>>(world.platform, atom::change_v,
                              std::make_shared<const platform_change>(none)));
  CHECK(allow(false));
}

TEST_CASE("an allowed origin is a change like any other", "[config]") {
  config_world world;
  auto allow = [&](bool allowed) {
    auto done = world.ask<answer<unit>>(
      world.directory, atom::change_v,
      std::make_shared<const origin_change>(
        origin_change{"acme", "http://127.0.0.1:11434", allowed, "test"}));
    return done && **done;
  };
  CHECK(allow(true));
  CHECK(world.allowed["acme"] == name_list{"http://127.0.0.1:11434"});
  CHECK(allow(true));
  CHECK(world.allowed["acme"].size() == 1);
  CHECK(allow(false));
  CHECK(world.allowed["acme"].empty());
  CHECK(world.changes.size() == 3);
}

TEST_CASE("a tenant's certificates are in its users' targets at once",
          "[config]") {
  config_world world;
  const std::string at = "https://10.1.2.3:8443";
  world.allowed["acme"] = {at};
  auto change = [&](ca_bundle_ptr trust) {
    auto done = world.ask<answer<unit>>(
      world.directory, atom::change_v,
      std::make_shared<const trust_change>(
        trust_change{"acme", std::move(trust), "test"}));
    return done && **done ? errc::none : (**done).error().code;
  };
  user_change own{*tenant_id::parse("acme"), *user_id::parse("ada")};
  own.llm = llm_change{"openai", "m", at, make_slip("key-1")};
  REQUIRE(**world.ask<answer<llm_summary>>(
    world.directory, atom::change_v, std::make_shared<const user_change>(own)));
  auto trust = [&] { return world.lookup().config->target->trust(); };
  CHECK_FALSE(trust());
  CHECK(change(nullptr) == errc::not_found);
  auto one = std::make_shared<const ca_bundle>(ca_bundle{"pem", "1", 1});
  CHECK(change(one) == errc::none);
  CHECK(trust() == one);
  CHECK(change(nullptr) == errc::none);
  CHECK_FALSE(trust());
}

TEST_CASE("an acknowledged change is what every later look-up finds",
          "[config][seeds]") {
  for (uint64_t seed = 0; seed < 200; ++seed) {
    INFO("seed " << seed);
    config_world world{seed};
    REQUIRE(world.set_user("ada", "old", make_slip("k1")));
    auto context = std::make_shared<const call_context>(call_context{
      {*tenant_id::parse("acme"), *user_id::parse("ada"), *app_id::parse("x")},
      *turn_id::parse("t")});
    user_change own{*tenant_id::parse("acme"), *user_id::parse("ada")};
    own.llm = llm_change{"openai", "new", "", make_slip("k2")};
    auto allow = [&](const char* origin) {
      caf::anon_send(world.directory, atom::change_v,
                     std::make_shared<const origin_change>(
                       origin_change{"acme", origin, true, "test"}));
    };
    allow("http://127.0.0.1:1"); // what was remembered is forgotten
    caf::anon_send(world.directory, atom::lookup_v, context);
    caf::anon_send(world.directory, atom::change_v,
                   std::make_shared<const user_change>(own));
    allow("http://127.0.0.1:2");
    caf::anon_send(world.directory, atom::lookup_v, context);
    world.sys.drain();
    auto found = world.lookup("ada");
    REQUIRE(found.is == user_lookup::state::present);
    CHECK(found.config->target->model() == "new");
    CHECK(world.allowed["acme"].size() == 2);
  }
}

TEST_CASE("a change of a user made by old rules is not remembered",
          "[config]") {
  for (uint64_t seed = 0; seed < 200; ++seed) {
    INFO("seed " << seed);
    config_world world{seed};
    const std::string at = "https://10.1.2.3:8443";
    world.allowed["acme"] = {at};
    user_change own{*tenant_id::parse("acme"), *user_id::parse("ada")};
    own.llm = llm_change{"openai", "m", at, make_slip("key-1")};
    auto one = std::make_shared<const ca_bundle>(ca_bundle{"pem", "1", 1});
    // Both at once: whichever ends last, look-ups see the certificates.
    caf::anon_send(world.directory, atom::change_v,
                   std::make_shared<const user_change>(own));
    caf::anon_send(
      world.directory, atom::change_v,
      std::make_shared<const trust_change>(trust_change{"acme", one, "test"}));
    world.sys.drain();
    auto found = world.lookup();
    REQUIRE(found.config);
    CHECK(found.config->target->trust() == one);
  }
}

} // namespace byollm
