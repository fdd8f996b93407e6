// SPDX-License-Identifier: Apache-2.0
// Goal: the plan in words promises nothing that a call would not do. Method: a
// user who agreed to a fallback, and a platform's LLM that is there, switched
// off, and gone.
#include "tests/e2e/faults/bare_runtime.hpp"

#include "app/owner/operations.hpp"

#include <catch2/catch.hpp>

#include <future>
#include <string>
#include <string_view>

namespace byollm::test {

namespace {

struct world {
  bare_runtime rt;

  void set_own(fallback_policy fallback) {
    llm_settings own{.provider = "anthropic", .model = "m", .key = "key-own"};
    own.fallback = fallback;
    REQUIRE(rt->admin().set_user_llm("acme", "ada", own, "test").get());
  }

  void set_platform(bool enabled) {
    llm_settings all{.provider = "openai", .model = "m", .key = "key-all"};
    all.enabled = enabled;
    REQUIRE(rt->admin().set_platform_llm(all, "test").get());
  }

  /// What is said of a failure.
  std::string if_it_fails() {
    auto plan
      = rt->admin()
          .explain({.tenant = "acme", .user = "ada", .extension = "x"}, "", {})
          .get();
    REQUIRE(plan);
    return plan->reasons.back();
  }

  /// What a user's page is told of the platform's LLM.
  std::string state() {
    std::promise<std::string> told;
    std::string_view request = R"({"op":"platform.state"})";
    owner::start_operation(*rt, wiped_bytes{request.begin(), request.end()},
                           [&told](std::string line, bool) {
                             told.set_value(std::move(line));
                             return flow::more;
                           });
    return told.get_future().get();
  }
};

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("a fallback that is switched off is not promised") {
  world in;
  in.set_own(fallback_policy::platform);
  in.set_platform(true);
  CHECK(has(in.if_it_fails(), "answers, and bills: you agreed."));
  CHECK(has(in.state(), R"("llm":"on","when_disabled":"platform")"));
  in.set_platform(false);
  CHECK(has(in.if_it_fails(), "the admin has switched the platform's LLM off, "
                              "so there is no fallback now."));
  CHECK(has(in.state(), R"("llm":"off")"));
  REQUIRE(in.rt->admin().remove_platform_llm("test").get());
  CHECK(has(in.if_it_fails(),
            "the platform has no LLM, so there is no fallback now."));
  CHECK(has(in.state(), R"("llm":"none")"));
  in.set_own(fallback_policy::error);
  CHECK(in.if_it_fails()
        == "If it fails, the call fails; nothing goes to the platform.");
}

TEST_CASE("whom the platform's LLM answers is told") {
  world in;
  platform_rules rules;
  rules.when_disabled = disabled_policy::refuse;
  REQUIRE(in.rt->admin().set_rules(rules, "test").get());
  CHECK(has(in.state(), R"("when_disabled":"refuse")"));
}

} // namespace byollm::test
