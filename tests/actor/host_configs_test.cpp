// SPDX-License-Identifier: Apache-2.0
// Goal: whatever a host's config_source does, the user gets an answer, and
// nobody is asked without the key that was meant. Method: a source that a test
// scripts, and the real actors.
#include "tests/actor/config_world.hpp"

#include <catch2/catch.hpp>

#include <functional>
#include <stdexcept>

namespace byollm {

namespace {

using tell_fn = std::function<void(user_lookup)>;

class scripted_source final : public config_source {
public:
  void lookup(const tenant_id& tenant, const user_id& user,
              tell_fn done) override {
    act({tenant, user}, std::move(done));
  }

  std::function<void(const user_owner& who, tell_fn done)> act;
};

user_lookup present(llm_target::ptr target) {
  auto config = std::make_shared<user_config>();
  config->target = std::move(target);
  return {user_lookup::state::present, std::move(config), {}};
}

llm_target::ptr target_of(const credential<user_owner>& with,
                          const base_url& url, reach allowed) {
  return *llm_target::bind(
    endpoint<user_owner>{with.owner, with.provider, url, allowed}, with, "m");
}

} // namespace

TEST_CASE("a config_source that throws leaves its user without an answer, once",
          "[config]") {
  scripted_source source;
  config_world world{source};
  source.act = [](const user_owner&, const tell_fn&) {
    throw std::runtime_error{"the database of the host"};
  };
  auto refused = world.lookup();
  REQUIRE(refused.is == user_lookup::state::broken);
  CHECK(refused.why.code == errc::config_unavailable);
  CHECK(refused.why.detail == "the host's config_source threw");
  source.act = [](const user_owner&, const tell_fn& done) {
    done({});
    throw 7;
  };
  CHECK(world.lookup("bob").is == user_lookup::state::absent);
  source.act = [](const user_owner&, const tell_fn& done) { done({}); };
  CHECK(world.lookup().is == user_lookup::state::absent);
  CHECK(world.awake() == 1);
}

TEST_CASE("a host says where the key is, and a key that is missing is no key",
          "[config]") {
  scripted_source source;
  config_world world{source};
  auto url = *base_url::parse("https://own.example.com");
  auto told = reach::public_only;
  auto has_key = true;
  source.act = [&](const user_owner& who, const tell_fn& done) {
    using key = credential<user_owner>;
    auto make = has_key ? key::from_source : key::without_key;
    done(
      present(target_of(make(who, "openai", url.at(), "key-7", 3), url, told)));
  };
  auto found = world.lookup();
  REQUIRE(found.is == user_lookup::state::present);
  CHECK(found.config->target->sealed());
  CHECK(found.config->target->binding().key_id == "key-7");
  CHECK(found.config->target->binding().key_version == 3);
  has_key = false;
  auto refused = world.lookup();
  REQUIRE(refused.is == user_lookup::state::broken);
  CHECK(refused.why.code == errc::config_unavailable);
  // At an address that the host allowed there may be a server that takes none.
  told = reach::allowed;
  found = world.lookup();
  REQUIRE(found.is == user_lookup::state::present);
  CHECK_FALSE(found.config->target->sealed());
}

TEST_CASE("a host's configuration that names no LLM is broken", "[config]") {
  scripted_source source;
  config_world world{source};
  std::shared_ptr<const user_config> config;
  source.act = [&](const user_owner&, const tell_fn& done) {
    done({user_lookup::state::present, config, {}});
  };
  CHECK(world.lookup().is == user_lookup::state::broken);
  config = std::make_shared<const user_config>();
  CHECK(world.lookup().is == user_lookup::state::broken);
}

} // namespace byollm
