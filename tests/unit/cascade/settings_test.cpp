// SPDX-License-Identifier: Apache-2.0
// Goal: no configuration is stored that a call could not run on, and a key
// never moves to another origin. Method: the pure rules, one input at a time.
#include "actors/settings_rules.hpp"
#include "tests/support/targets.hpp"

#include <catch2/catch.hpp>

#include <cstring>

namespace byollm {

namespace {

void forget(char* bytes, size_t size) noexcept {
  std::memset(bytes, 0, size);
  delete[] bytes;
}

key_slip slip(std::string_view key) {
  auto bytes = new char[key.size() + 1];
  key.copy(bytes, key.size());
  return std::make_shared<const opened_key>(bytes, key.size(), forget);
}

llm_change wanted(std::string url = "", key_slip key = slip("user-key-1")) {
  return {"openai", "gpt-4.1", std::move(url), std::move(key)};
}

expected<checked_change> check(const llm_change& change,
                               std::optional<stored_user_config> old = {},
                               const std::vector<std::string>& allowed = {}) {
  auto table = two_providers();
  return check_change(
    change, {"acme", "ada", std::move(old), allowed, *table, "new-key-id"});
}

} // namespace

TEST_CASE("a new configuration binds its key to owner, origin and versions",
          "[settings]") {
  auto made = check(wanted());
  REQUIRE(made);
  REQUIRE(made->seal);
  CHECK(made->seal->tenant == "acme");
  CHECK(made->seal->user == "ada");
  CHECK(made->seal->origin == "https://api.openai.com:443");
  CHECK(made->seal->key_id == "new-key-id");
  CHECK(made->seal->key_version == 1);
  CHECK(made->row.epoch == 1);
}

TEST_CASE("an embedding model is a model of who has some", "[settings]") {
  auto change = wanted();
  change.embedding_model = "vectors";
  CHECK(check(change)->row.embedding_model == "vectors");
  change.embedding_model = "two words";
  CHECK(check(change).error().parameter == "embedding_model");
  change.embedding_model = "has-user-key-1-in-it";
  CHECK(check(change).error().parameter == "embedding_model");
  change.embedding_model = "vectors";
  change.provider = "anthropic";
  CHECK(check(change).error().parameter == "embedding_model");
}

TEST_CASE("a key stays only with its provider and origin", "[settings]") {
  auto old = check(wanted())->row;
  old.envelope = {1, 2, 3};
  auto same = wanted("", nullptr);
  same.model = "gpt-5";
  auto kept = check(same, old);
  REQUIRE(kept);
  CHECK_FALSE(kept->seal);
  CHECK(kept->row.envelope == old.envelope);
  CHECK(kept->row.epoch == 2);
  auto moved = check(wanted("https://evil.example.com", nullptr), old);
  REQUIRE_FALSE(moved);
  CHECK(moved.error().code == errc::key_rebind);
  auto other = wanted("https://api.openai.com/v1", nullptr);
  other.provider = "anthropic";
  CHECK(check(other, old).error().code == errc::key_rebind);
}

TEST_CASE("what needs no key has a name all the same", "[settings]") {
  // Without one, whoever removes theirs would revoke everybody's.
  auto table = std::make_shared<std::vector<provider_traits>>(*two_providers());
  table->push_back({.name = "keyless",
                    .default_base_url = "https://k.example",
                    .requires_key = false});
  llm_change none{"keyless", "m", "", nullptr};
  auto made = check_change(none, {"acme", "ada", {}, {}, *table, "new-key-id"});
  REQUIRE(made);
  CHECK_FALSE(made->seal);
  CHECK(made->row.key_id == "new-key-id");
}

TEST_CASE("a key that was pasted into another field is not stored there",
          "[settings]") {
  auto in_model = wanted();
  in_model.model = "user-key-1";
  CHECK(check(in_model).error().parameter == "model");
  auto in_url = wanted("https://api.openai.com/v1/user-key-1");
  auto refused = check(in_url);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().parameter == "base_url");
  CHECK(describe(refused.error()).find("user-key-1") == std::string::npos);
}

TEST_CASE("a new key raises both versions", "[settings]") {
  auto old = check(wanted())->row;
  auto next = check(wanted("", slip("user-key-2")), old);
  REQUIRE(next);
  CHECK(next->row.key_version == 2);
  CHECK(next->row.row_version == 2);
  CHECK(next->row.key_id == "new-key-id");
}

TEST_CASE("what no key looks like is refused without quoting it",
          "[settings]") {
  auto text = GENERATE(as<std::string>{}, "", "has space", "line\nend",
                       std::string(4'097, 'k'), "nul\x01", "caf\xc3\xa9");
  auto refused = check(wanted("", slip(text)));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::invalid_key);
  if (text.size() > 2)
    CHECK(describe(refused.error()).find(text.substr(0, 8))
          == std::string::npos);
}

TEST_CASE("bad settings are refused and named", "[settings]") {
  auto unknown = wanted();
  unknown.provider = "foo";
  auto refused = check(unknown);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().parameter == "provider");
  CHECK(refused.error().detail.find("anthropic") != std::string::npos);
  auto no_model = wanted();
  no_model.model = "";
  CHECK(check(no_model).error().parameter == "model");
  no_model.model = "a\r\nb";
  CHECK(check(no_model).error().parameter == "model");
  CHECK(check(wanted("ftp://x")).error().parameter == "base_url");
  CHECK(check(wanted("https://127.0.0.1")).error().code == errc::origin_denied);
}

TEST_CASE("only the admin's allowed origins may be private or take no key",
          "[settings]") {
  std::vector<std::string> allowed{"http://127.0.0.1:8080"};
  CHECK(check(wanted("http://127.0.0.1:8080"), {}, allowed));
  CHECK(check(wanted("http://127.0.0.1:8080", slip("")), {}, allowed));
  CHECK_FALSE(check(wanted("http://127.0.0.1:8081"), {}, allowed));
  CHECK(check(wanted("", slip(""))).error().code == errc::invalid_key);
}

TEST_CASE("a platform LLM that cannot be used is left out, not in the way",
          "[settings]") {
  std::vector<std::string> allowed{"http://127.0.0.1:8080"};
  stored_platform_config row;
  auto table = two_providers();
  row.llm = check_change(wanted("http://127.0.0.1:8080"),
                         {"", "", {}, allowed, *table, "id"})
              ->row;
  row.global.temperature = 0.5;
  auto whole = restore_platform(row, allowed);
  CHECK(whole.config->llm);
  CHECK(whole.unusable.code == errc::none);
  auto without = restore_platform(row, {});
  CHECK_FALSE(without.config->llm);
  CHECK(without.config->global.temperature == 0.5);
  CHECK(without.unusable.code == errc::origin_denied);
}

TEST_CASE("a platform LLM that is switched off answers nobody", "[settings]") {
  auto row = check(wanted())->row;
  row.tenant = row.user = "";
  stored_platform_config platform;
  platform.llm = platform.second_choice = row;
  auto on = restore_platform(platform, {}).config;
  CHECK((on->llm && on->second_choice && !on->switched_off));
  platform.llm->enabled = platform.second_choice->enabled = false;
  auto off = restore_platform(platform, {});
  CHECK((!off.config->llm && !off.config->second_choice));
  CHECK(off.config->switched_off);
  // Not that it could not be used.
  CHECK(off.unusable.code == errc::none);
}

TEST_CASE("what nobody switches stays on or off", "[settings]") {
  auto change = wanted();
  CHECK(check(change)->row.enabled);
  change.enabled = false;
  auto off = check(change)->row;
  CHECK_FALSE(off.enabled);
  change.enabled.reset();
  CHECK_FALSE(check(change, off)->row.enabled);
  // While it is off it may lack a model, also if nobody says that it is.
  change.model = "";
  CHECK(check(change, off));
  change.enabled = true;
  CHECK(check(change, off).error().parameter == "model");
  change.model = "gpt-5";
  CHECK(check(change, off)->row.enabled);
}

TEST_CASE("a target whose origin was withdrawn does not come back",
          "[settings]") {
  std::vector<std::string> allowed{"http://127.0.0.1:8080"};
  auto row = check(wanted("http://127.0.0.1:8080"), {}, allowed)->row;
  CHECK(restore_user(row, {allowed, {}}));
  auto gone = restore_user(row, {});
  REQUIRE_FALSE(gone);
  CHECK(gone.error().code == errc::origin_denied);
}

TEST_CASE("a tenant's authority vouches where the admin allowed the origin",
          "[settings]") {
  auto trust = std::make_shared<const ca_bundle>(ca_bundle{"pem", "print", 1});
  tenant_rules rules{{"https://10.1.2.3:8443"}, trust};
  auto of = [&](const std::string& url) {
    auto row = check(wanted(url), {}, rules.allowed)->row;
    return (*restore_user(row, rules))->target;
  };
  CHECK(of("https://10.1.2.3:8443")->trust() == trust);
  CHECK_FALSE(of("https://api.openai.com")->trust());
}

} // namespace byollm
