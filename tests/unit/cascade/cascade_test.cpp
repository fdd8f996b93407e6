// SPDX-License-Identifier: Apache-2.0
// Goal: every row of the cascade (docs/architecture.md, "Who answers") holds.
// Method: the pure function, called with one situation per row.
#include "actors/cascade.hpp"
#include "messages/limits.hpp"
#include "tests/support/targets.hpp"

#include <catch2/catch.hpp>

namespace byollm {

namespace {

using namespace std::chrono_literals;

enum class user_is {
  absent,
  present,
  off,
  off_by_admin,
  broken,
  wants_platform,
};

enum class platform_is { absent, off, present, with_second };

resolution make_resolution(user_is user, platform_is platform,
                           disabled_policy policy = disabled_policy::platform,
                           uint32_t ambiguous = 1) {
  resolution made{{*tenant_id::parse("acme"), *user_id::parse("ada"),
                   *app_id::parse("writer")}};
  if (user == user_is::broken)
    made.user = {user_lookup::state::broken,
                 nullptr,
                 {errc::config_unavailable, "unreadable"}};
  else if (user != user_is::absent)
    made.user
      = {user_lookup::state::present,
         std::make_shared<const user_config>(user_config{
           user_target(), user != user_is::off, user == user_is::off_by_admin,
           user == user_is::wants_platform ? fallback_policy::platform
                                           : fallback_policy::error}),
         {}};
  platform_config config;
  if (platform == platform_is::off)
    config.switched_off = platform_target();
  else if (platform != platform_is::absent)
    config.llm = platform_target();
  if (platform == platform_is::with_second)
    config.second_choice = platform_target("openai", "second", "2.example.com");
  config.when_disabled = policy;
  config.ambiguous_retries = ambiguous;
  made.platform = std::make_shared<const platform_config>(std::move(config));
  made.providers = two_providers();
  return made;
}

plan_query ask(resolution on, std::vector<failed_attempt> failed = {},
               std::chrono::milliseconds remaining = 60s) {
  return {std::make_shared<const resolution>(std::move(on)),
          std::make_shared<const create_message_request>(), std::move(failed),
          remaining, 0.5};
}

failed_attempt fail(answerer who, errc code, certainty sent = certainty::yes,
                    bool saw = false) {
  failure why{code};
  why.sent = sent;
  return {who, why, saw};
}

// What the cascade says: an answerer's name, or the error's.
std::string said(const expected<attempt_plan>& plan) {
  return std::string{plan ? to_string(plan->who)
                          : to_string(plan.error().code)};
}

} // namespace

TEST_CASE("who answers first follows the user's configuration", "[cascade]") {
  struct row {
    user_is user;
    platform_is platform;
    disabled_policy policy;
    std::string expected;
  };
  auto may = disabled_policy::platform;
  auto none = disabled_policy::refuse;
  auto line = GENERATE_COPY(values<row>({
    {user_is::absent, platform_is::present, may, "platform"},
    {user_is::absent, platform_is::absent, may, "no_provider"},
    {user_is::absent, platform_is::off, may, "no_provider"},
    {user_is::off, platform_is::off, may, "no_provider"},
    {user_is::off, platform_is::present, may, "platform"},
    {user_is::off, platform_is::absent, may, "no_provider"},
    {user_is::off_by_admin, platform_is::present, may, "platform"},
    {user_is::off_by_admin, platform_is::present, none, "provider_disabled"},
    {user_is::off_by_admin, platform_is::absent, may, "provider_disabled"},
    {user_is::broken, platform_is::present, may, "config_unavailable"},
    {user_is::present, platform_is::present, may, "user"},
    {user_is::present, platform_is::absent, may, "user"},
    {user_is::wants_platform, platform_is::present, may, "user"},
  }));
  CHECK(said(next_attempt(
          ask(make_resolution(line.user, line.platform, line.policy))))
        == line.expected);
}

TEST_CASE("the user's LLM failing is not the platform's turn by default",
          "[cascade]") {
  auto code = GENERATE(errc::authentication, errc::permission,
                       errc::quota_exhausted, errc::model_not_found,
                       errc::first_byte_timeout, errc::tls_untrusted);
  auto own = make_resolution(user_is::present, platform_is::present);
  CHECK(said(next_attempt(ask(own, {fail(answerer::user, code)})))
        == to_string(code));
}

TEST_CASE("fallback = platform goes on to the platform, and says from whom",
          "[cascade]") {
  auto code = GENERATE(errc::authentication, errc::permission,
                       errc::quota_exhausted, errc::rate_limited,
                       errc::model_not_found, errc::first_byte_timeout);
  auto willing = make_resolution(user_is::wants_platform, platform_is::present);
  auto plan = next_attempt(ask(willing, {fail(answerer::user, code)}));
  REQUIRE(said(plan) == "platform");
  CHECK(plan->fallback_from == "openai");
  CHECK(plan->target->billing() == billing_class::platform);
  CHECK(plan->target->binding().key_id == "key-platform");
}

TEST_CASE("fallback never covers our own refusals and the caller's mistakes",
          "[cascade]") {
  auto code = GENERATE(
    errc::origin_denied, errc::tls_untrusted, errc::secret_integrity,
    errc::config_changed, errc::context_length, errc::content_policy,
    errc::provider_rejected, errc::redirected, errc::cancelled, errc::protocol);
  auto willing = make_resolution(user_is::wants_platform, platform_is::present);
  CHECK(said(next_attempt(ask(willing, {fail(answerer::user, code)})))
        == to_string(code));
}

TEST_CASE("after a byte reached the caller nothing is tried again",
          "[cascade]") {
  auto code = GENERATE(errc::truncated, errc::idle_timeout,
                       errc::provider_fault, errc::connection_lost);
  auto willing = make_resolution(user_is::wants_platform, platform_is::present);
  auto torn = fail(answerer::user, code, certainty::yes, true);
  CHECK(said(next_attempt(ask(willing, {torn}))) == to_string(code));
}

TEST_CASE("what was not sent or failed completely is retried twice",
          "[cascade]") {
  auto code
    = GENERATE(errc::connect_failed, errc::dns_failed, errc::connect_timeout,
               errc::provider_fault, errc::provider_overloaded);
  auto own = make_resolution(user_is::present, platform_is::present);
  auto once = fail(answerer::user, code, certainty::no);
  auto first = next_attempt(ask(own, {once}));
  REQUIRE(said(first) == "user");
  CHECK(first->delay > 0ms);
  CHECK(said(next_attempt(ask(own, {once, once}))) == "user");
  CHECK(said(next_attempt(ask(own, {once, once, once}))) == to_string(code));
}

TEST_CASE("of the rejections only 408 and 409 are tried again", "[cascade]") {
  auto own = make_resolution(user_is::present, platform_is::present);
  auto http = GENERATE(as<uint16_t>{}, 400, 408, 409, 413, 422);
  auto refused = fail(answerer::user, errc::provider_rejected);
  refused.why.http_status = http;
  auto again = http == 408 || http == 409;
  CHECK(said(next_attempt(ask(own, {refused})))
        == (again ? "user" : "provider_rejected"));
}

TEST_CASE("a retry that the deadline leaves no time for is not made",
          "[cascade]") {
  auto own = make_resolution(user_is::present, platform_is::present);
  auto once = fail(answerer::user, errc::connect_failed, certainty::no);
  CHECK(said(next_attempt(ask(own, {once}, 10ms))) == "connect_failed");
}

TEST_CASE("a tenant without retries is told what failed, and may fall back",
          "[cascade]") {
  auto code = GENERATE(errc::connect_failed, errc::provider_fault,
                       errc::connection_lost);
  auto failed = fail(answerer::user, code, certainty::maybe);
  failed.why.detail = "it broke";
  auto own
    = ask(make_resolution(user_is::present, platform_is::present), {failed});
  REQUIRE(said(next_attempt(own)) == "user");
  own.may_retry = false;
  auto plan = next_attempt(own);
  REQUIRE(said(plan) == to_string(code));
  CHECK(plan.error().detail.find("it broke; not tried again") == 0);
  auto willing = ask(
    make_resolution(user_is::wants_platform, platform_is::present), {failed});
  willing.may_retry = false;
  auto other = next_attempt(willing);
  REQUIRE(said(other) == "platform");
  CHECK(other->delay == 0ms);
}

TEST_CASE("retries that are used up change nothing where none was due",
          "[cascade]") {
  auto query = ask(make_resolution(user_is::present, platform_is::present));
  query.may_retry = false;
  CHECK(said(next_attempt(query)) == "user");
  query.failed = {fail(answerer::user, errc::authentication)};
  auto plan = next_attempt(query);
  REQUIRE(said(plan) == "authentication");
  CHECK(plan.error().detail.empty());
}

TEST_CASE("what may have been worked on is asked once more, or not at all",
          "[cascade]") {
  // A connection that died, and a gateway that gave up.
  auto code = GENERATE(errc::connection_lost, errc::provider_timeout);
  auto own = make_resolution(user_is::present, platform_is::absent);
  auto open = fail(answerer::user, code, certainty::maybe);
  CHECK(said(next_attempt(ask(own, {open}))) == "user");
  CHECK(said(next_attempt(ask(own, {open, open}))) == to_string(code));
  auto other = fail(answerer::user, errc::connection_lost, certainty::maybe);
  CHECK(said(next_attempt(ask(own, {other, open}))) == to_string(code));
  auto strict = make_resolution(user_is::present, platform_is::absent,
                                disabled_policy::platform, 0);
  CHECK(said(next_attempt(ask(strict, {open}))) == to_string(code));
  auto willing = make_resolution(user_is::wants_platform, platform_is::present);
  CHECK(said(next_attempt(ask(willing, {open, open}))) == "platform");
}

TEST_CASE("a rate limit is waited for exactly when the provider says how long",
          "[cascade]") {
  auto own = make_resolution(user_is::present, platform_is::present);
  auto limited = fail(answerer::user, errc::rate_limited);
  CHECK(said(next_attempt(ask(own, {limited}))) == "rate_limited");
  limited.why.retry_after = 5s;
  auto plan = next_attempt(ask(own, {limited}));
  REQUIRE(said(plan) == "user");
  CHECK(plan->delay >= 5s);
  CHECK(said(next_attempt(ask(own, {limited}, 5s))) == "rate_limited");
}

TEST_CASE("an LLM that is left alone is not waited for by who comes meanwhile",
          "[cascade]") {
  auto own = make_resolution(user_is::present, platform_is::present);
  auto shut = fail(answerer::user, errc::circuit_open, certainty::no);
  shut.why.retry_after = 5s;
  CHECK(said(next_attempt(ask(own, {shut}))) == "circuit_open");
  auto willing = make_resolution(user_is::wants_platform, platform_is::present);
  auto plan = next_attempt(ask(willing, {shut}));
  REQUIRE(said(plan) == "platform");
  CHECK(plan->delay == 0ms);
  CHECK(plan->fallback_from == "openai");
}

TEST_CASE("a call that was let through keeps its retries, no earlier than told",
          "[cascade]") {
  auto own = make_resolution(user_is::present, platform_is::present);
  auto dead = fail(answerer::user, errc::connect_failed, certainty::no);
  auto shut = fail(answerer::user, errc::circuit_open, certainty::no);
  shut.why.retry_after = 5s;
  auto plan = next_attempt(ask(own, {dead, shut}));
  REQUIRE(said(plan) == "user");
  CHECK(plan->delay >= 5s);
  CHECK(said(next_attempt(ask(own, {dead, shut}, 5s))) == "circuit_open");
  CHECK(said(next_attempt(ask(own, {dead, shut, shut}))) == "circuit_open");
  // Where another may be asked, nobody waits.
  auto willing = make_resolution(user_is::wants_platform, platform_is::present);
  CHECK(said(next_attempt(ask(willing, {dead, shut}))) == "platform");
  // What happened at another LLM is no reason to wait for this one.
  auto denied = fail(answerer::user, errc::authentication);
  auto platforms = shut;
  platforms.who = answerer::platform;
  CHECK(said(next_attempt(ask(willing, {denied, platforms})))
        == "circuit_open");
}

TEST_CASE("the platform's failure goes to its second choice, never to a user",
          "[cascade]") {
  auto code = GENERATE(errc::authentication, errc::quota_exhausted,
                       errc::first_byte_timeout);
  auto two = make_resolution(user_is::absent, platform_is::with_second);
  auto failed = fail(answerer::platform, code);
  auto plan = next_attempt(ask(two, {failed}));
  REQUIRE(said(plan) == "second_choice");
  CHECK(plan->fallback_from == "anthropic");
  auto again = fail(answerer::second_choice, code);
  CHECK(said(next_attempt(ask(two, {failed, again}))) == to_string(code));
  auto one = make_resolution(user_is::present, platform_is::present);
  CHECK(said(next_attempt(ask(one, {failed}))) == to_string(code));
}

TEST_CASE("a caller names a model only where the admin allows it",
          "[cascade]") {
  auto on = make_resolution(user_is::present, platform_is::present);
  auto request = std::make_shared<create_message_request>();
  request->model = "another";
  auto query = ask(on);
  query.request = request;
  auto refused = next_attempt(query);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().parameter == "model");
  auto allowing = *on.platform;
  allowing.caller_may_name_model = true;
  on.platform = std::make_shared<const platform_config>(allowing);
  query.on = std::make_shared<const resolution>(on);
  auto plan = next_attempt(query);
  REQUIRE(plan);
  CHECK(plan->model == "another");
  for (auto bad : {"", "a b", "a\r\nX: 1", "a\x7f", "\xc3\xa4"}) {
    request->model = bad;
    query.request = request;
    CHECK(said(next_attempt(query)) == "invalid_request");
  }
}

TEST_CASE(
  "a platform call without a price runs or is refused, as the admin says",
  "[cascade]") {
  struct row {
    user_is user;
    unknown_price_policy policy;
    bool priced;
    std::vector<failed_attempt> failed;
    std::string expected;
  };
  auto hold = unknown_price_policy::unpriced;
  auto refuse = unknown_price_policy::refuse;
  auto denied = fail(answerer::user, errc::authentication);
  auto line = GENERATE_COPY(values<row>({
    {user_is::absent, hold, false, {}, "platform"},
    {user_is::absent, refuse, false, {}, "price_unknown"},
    {user_is::absent, refuse, true, {}, "platform"},
    // An own LLM needs no price, and falls back only to what may be billed.
    {user_is::present, refuse, false, {}, "user"},
    {user_is::wants_platform, refuse, false, {denied}, "authentication"},
    {user_is::wants_platform, refuse, true, {denied}, "platform"},
    {user_is::wants_platform, hold, false, {denied}, "platform"},
  }));
  auto on = make_resolution(line.user, platform_is::present);
  auto config = *on.platform;
  config.unknown_price = line.policy;
  if (line.priced)
    config.prices = {{"anthropic", "platform-model", 1'000, 1, {1, {}, {}, 1}}};
  on.platform = std::make_shared<const platform_config>(std::move(config));
  auto query = ask(std::move(on), line.failed);
  query.received_unix_ms = 1'000;
  CHECK(said(next_attempt(query)) == line.expected);
  // Before it counts, a price is none.
  query.received_unix_ms = 999;
  auto early = line.policy == refuse && line.expected == "platform";
  CHECK((said(next_attempt(query)) == "platform")
        == (line.expected == "platform" && !early));
}

TEST_CASE("a single call is not tried again, and nobody steps in",
          "[cascade]") {
  auto code = GENERATE(errc::connect_failed, errc::provider_fault,
                       errc::authentication, errc::quota_exhausted);
  auto query
    = ask(make_resolution(user_is::wants_platform, platform_is::with_second),
          {fail(answerer::user, code)});
  CHECK(next_attempt(query));
  query.single = true;
  CHECK(said(next_attempt(query)) == to_string(code));
}

TEST_CASE("a list of models takes no parameters and needs no price",
          "[cascade]") {
  auto on = make_resolution(user_is::absent, platform_is::present);
  auto config = *on.platform;
  config.global.temperature = 0.5;
  config.unknown_price = unknown_price_policy::refuse;
  on.platform = std::make_shared<const platform_config>(config);
  auto query = ask(on);
  CHECK(said(next_attempt(query)) == "price_unknown");
  query.kind = call_kind::models;
  auto plan = next_attempt(query);
  REQUIRE(plan);
  CHECK(plan->params == parameters{});
  CHECK(plan->provenances.empty());
}

TEST_CASE("attempts end, whatever fails", "[cascade]") {
  auto willing
    = make_resolution(user_is::wants_platform, platform_is::with_second);
  std::vector<failed_attempt> failed;
  while (failed.size() < 100) {
    auto plan = next_attempt(ask(willing, failed));
    if (!plan)
      break;
    failed.push_back(fail(plan->who, errc::provider_fault));
  }
  CHECK(failed.size() <= limits::attempts_max);
  CHECK(failed.back().who == answerer::second_choice);
}

} // namespace byollm
