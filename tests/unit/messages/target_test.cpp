// SPDX-License-Identifier: Apache-2.0
// Goal: key, origin and owner cannot be taken apart. Method: targets bound from
// what fits and what does not; their isolation keys compared.
#include "messages/ports/vault.hpp"
#include "tests/support/targets.hpp"

#include <catch2/catch.hpp>

#include <type_traits>

namespace byollm {

namespace {

template <class EndpointOwner, class CredentialOwner>
concept binds = requires(const endpoint<EndpointOwner>& to,
                         const credential<CredentialOwner>& with) {
  llm_target::bind(to, with, std::string{});
};

} // namespace

TEST_CASE("a platform key and a user's endpoint do not compile", "[target]") {
  STATIC_REQUIRE(binds<user_owner, user_owner>);
  STATIC_REQUIRE(binds<platform_owner, platform_owner>);
  STATIC_REQUIRE_FALSE(binds<user_owner, platform_owner>);
  STATIC_REQUIRE_FALSE(binds<platform_owner, user_owner>);
  STATIC_REQUIRE_FALSE(std::is_default_constructible_v<llm_target>);
  STATIC_REQUIRE_FALSE(std::is_default_constructible_v<identity>);
  STATIC_REQUIRE_FALSE(std::is_copy_constructible_v<opened_key>);
}

TEST_CASE("a key of another owner, provider or origin does not bind",
          "[target]") {
  user_owner ada{*tenant_id::parse("acme"), *user_id::parse("ada")};
  user_owner bob{*tenant_id::parse("acme"), *user_id::parse("bob")};
  auto url = *base_url::parse("https://a.example");
  auto other = *base_url::parse("https://b.example");
  endpoint<user_owner> to{ada, "openai", url};
  auto code = [&](credential<user_owner> key) {
    auto made = llm_target::bind(to, key, "m");
    return made ? errc::none : made.error().code;
  };
  CHECK(code({ada, "openai", url.at(), "k"}) == errc::none);
  CHECK(code({bob, "openai", url.at(), "k"}) == errc::key_rebind);
  CHECK(code({ada, "anthropic", url.at(), "k"}) == errc::key_rebind);
  CHECK(code({ada, "openai", other.at(), "k"}) == errc::key_rebind);
}

TEST_CASE("who pays follows from whose key it is", "[target]") {
  CHECK(user_target()->billing() == billing_class::byollm);
  CHECK(platform_target()->billing() == billing_class::platform);
}

TEST_CASE("isolation keys differ wherever credentials differ", "[target]") {
  CHECK(user_target("ada")->isolation_key()
        != user_target("bob")->isolation_key());
  CHECK(user_target("ada")->isolation_key()
        == user_target("ada")->isolation_key());
  CHECK(user_target("ada", "openai")->isolation_key()
        != user_target("ada", "anthropic")->isolation_key());
  CHECK(user_target("ada")->credential_key()
        != user_target("bob")->credential_key());
  CHECK(platform_target()->isolation_key()
        != platform_target("anthropic", "m", "x.example")->isolation_key());
}

TEST_CASE("certificates that vouch are part of the isolation key, not of the "
          "credential",
          "[target]") {
  user_owner ada{*tenant_id::parse("acme"), *user_id::parse("ada")};
  auto url = *base_url::parse("https://10.0.0.1:8443");
  auto target = [&](ca_bundle_ptr trust, uint32_t version) {
    return *llm_target::bind(
      endpoint<user_owner>{ada, "openai", url, reach::allowed, trust},
      credential<user_owner>{ada, "openai", url.at(), "k", version}, "m");
  };
  auto one = std::make_shared<const ca_bundle>(ca_bundle{"pem", "one", 1});
  auto two = std::make_shared<const ca_bundle>(ca_bundle{"pem", "two", 1});
  auto first = target(one, 1);
  CHECK(first->trust() == one);
  CHECK(first->isolation_key() == target(one, 1)->isolation_key());
  for (auto& other : {target(nullptr, 1), target(two, 1), target(one, 2)}) {
    CHECK(first->isolation_key() != other->isolation_key());
    CHECK(first->credential_key() == other->credential_key());
  }
  CHECK(first->credential_key() == "user|acme|ada|k|");
}

} // namespace byollm
