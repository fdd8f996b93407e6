// SPDX-License-Identifier: Apache-2.0
// Goal: who looks at an LLM sees that its provider refuses the key, from the
// first refusal to the first answer or the next key, over restarts; and of no
// other key. Method: outcomes of calls on it, the public interface.
#include "sample.hpp"

#include <catch2/catch.hpp>

using namespace byollm;
using namespace byollm::sample;

namespace {

// The key of `user_target()`, in the user's row.
stored_user_config row(uint32_t key_version) {
  const auto key = user_target()->binding();
  stored_user_config made{"acme", "ada", "anthropic", "claude-sonnet",
                          "https://api.anthropic.com"};
  made.key_id = key.key_id;
  made.key_version = key_version;
  made.envelope = {1};
  return made;
}

void save(store& to, uint32_t key_version) {
  REQUIRE(wait<status>([&](auto done) {
    to.save_user(row(key_version), change(), std::move(done));
  }));
}

std::optional<key_refusal> refused(store& in) {
  auto found = wait<expected<std::optional<stored_user_config>>>(
    [&](auto done) { in.load_user("acme", "ada", std::move(done)); });
  REQUIRE(found);
  REQUIRE(*found);
  return (*found)->refused;
}

outcome_record ended(const std::string& call, errc code, int64_t at) {
  auto made = outcome(call);
  made.of = std::make_shared<const intent_record>(intent(call));
  made.why = {code, "no"};
  made.status
    = code == errc::none ? call_status::success : call_status::rejected;
  made.finished_unix_ms = at;
  return made;
}

void run(store& to, const std::string& call, errc code, int64_t at = 1'000) {
  REQUIRE(append(to, {intent(call), ended(call, code, at)}));
}

uint32_t version() {
  return user_target()->binding().key_version;
}

} // namespace

TEST_CASE("a refused key is marked until it works", "[refusals]") {
  scratch directory;
  {
    auto store = open(directory.path());
    save(*store, version());
    CHECK_FALSE(refused(*store));
    run(*store, "call-1", errc::rate_limited);
    CHECK_FALSE(refused(*store));
    run(*store, "call-2", errc::authentication, 2'000);
    CHECK(refused(*store) == key_refusal{errc::authentication, 2'000});
    // The first one counts.
    run(*store, "call-3", errc::permission, 3'000);
    CHECK(refused(*store) == key_refusal{errc::authentication, 2'000});
    // What says nothing of the key changes nothing.
    run(*store, "call-4", errc::provider_fault);
  }
  auto store = open(directory.path());
  CHECK(refused(*store) == key_refusal{errc::authentication, 2'000});
  run(*store, "call-5", errc::none);
  CHECK_FALSE(refused(*store));
  run(*store, "call-6", errc::permission, 4'000);
  CHECK(refused(*store) == key_refusal{errc::permission, 4'000});
}

TEST_CASE("of a new key the old one's refusal says nothing", "[refusals]") {
  scratch directory;
  auto store = open(directory.path());
  save(*store, version());
  run(*store, "call-1", errc::authentication);
  save(*store, version() + 1);
  CHECK_FALSE(refused(*store));
  // A late end of a call on the old one.
  run(*store, "call-2", errc::authentication);
  CHECK_FALSE(refused(*store));
}

TEST_CASE("a refusal that was not recorded marks nothing", "[refusals]") {
  scratch directory;
  auto store = open(directory.path());
  save(*store, version());
  // The second outcome has no intent: nothing of the batch is kept.
  REQUIRE_FALSE(append(*store, {intent("call-1"),
                                ended("call-1", errc::authentication, 1'000),
                                outcome("call-2")}));
  CHECK_FALSE(refused(*store));
  run(*store, "call-3", errc::authentication, 5'000);
  CHECK(refused(*store) == key_refusal{errc::authentication, 5'000});
  REQUIRE_FALSE(
    append(*store, {intent("call-4"), ended("call-4", errc::none, 6'000),
                    outcome("call-5")}));
  CHECK(refused(*store) == key_refusal{errc::authentication, 5'000});
}

TEST_CASE("the platform's key is marked, too", "[refusals]") {
  scratch directory;
  auto store = open(directory.path());
  const auto key = platform_target()->binding();
  stored_platform_config platform;
  platform.llm
    = stored_user_config{"", "", "openai", "gpt", "https://api.openai.com/v1"};
  platform.llm->key_id = key.key_id;
  platform.llm->key_version = key.key_version;
  REQUIRE(wait<status>([&](auto done) {
    store->save_platform(platform, change(), std::move(done));
  }));
  auto asked = intent("call-1");
  asked.target = platform_target();
  auto answered = ended("call-1", errc::authentication, 7'000);
  answered.of = std::make_shared<const intent_record>(asked);
  answered.billing = billing_class::platform;
  REQUIRE(append(*store, {asked, answered}));
  auto found = wait<expected<stored_platform_config>>(
    [&](auto done) { store->load_platform(std::move(done)); });
  REQUIRE(found);
  REQUIRE(found->llm);
  CHECK(found->llm->refused == key_refusal{errc::authentication, 7'000});
}
