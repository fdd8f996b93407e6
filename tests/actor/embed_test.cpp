// SPDX-License-Identifier: Apache-2.0
// Goal: vectors are made by the LLM that the turn pinned, with its embedding
// model, recorded and billed like any call. Method: whole turns over scripted
// ports.
#include "tests/actor/turn_world.hpp"

#include <catch2/catch.hpp>

namespace byollm {

namespace {

const embedding_input one_text{{"hello"}};

user_lookup own(const std::string& provider, const std::string& embeds = {},
                fallback_policy fallback = fallback_policy::error) {
  return {user_lookup::state::present,
          std::make_shared<const user_config>(
            user_config{user_target("ada", provider, "own-model", embeds), true,
                        false, fallback}),
          {}};
}

errc run(turn_world& world, embedding_input input = one_text,
         std::optional<std::string> model = {}) {
  world.start();
  world.open();
  world.embed("c1", std::move(input), std::move(model));
  world.run_out();
  CHECK(world.problems.empty());
  CHECK(world.answers["c1"].answers == 1);
  return world.answers["c1"].last;
}

} // namespace

TEST_CASE("vectors are made, recorded as such, and cost an own LLM nothing",
          "[embed]") {
  turn_world world;
  world.user = own("openai", "own-vectors");
  world.attempts = {{}};
  world.attempts[0].usage = {token_usage::source::provider, 7, {}, {}, 0, {}};
  REQUIRE(run(world) == errc::none);
  const auto& reply = world.answers["c1"].reply;
  CHECK(reply.vectors == std::vector<embedding>{{0.5f}});
  CHECK(reply.is_byollm);
  CHECK(reply.cost_micro == 0u);
  CHECK(world.last_sent.kind == call_kind::embeddings);
  CHECK(world.last_sent.embed->texts == one_text.texts);
  CHECK(world.last_sent.model == "own-vectors");
  auto intents = world.all<intent_record>();
  REQUIRE(intents.size() == 1);
  CHECK(intents[0].kind == call_kind::embeddings);
  CHECK(intents[0].model == "own-vectors");
  CHECK(intents[0].embed);
  CHECK(world.all<outcome_record>()[0].usage.input_uncached == 7u);
}

TEST_CASE("without an embedding model the provider's usual one answers",
          "[embed]") {
  turn_world world;
  world.user = own("openai");
  CHECK(run(world) == errc::none);
  CHECK(world.last_sent.model == "usual-vectors");
}

TEST_CASE("the platform's vectors cost what their model costs", "[embed]") {
  turn_world world;
  world.admin.llm = platform_target("openai");
  world.admin.prices
    = {{"openai", "usual-vectors", 0, 3, {2'000'000, {}, {}, {}}}};
  world.attempts = {{}};
  world.attempts[0].usage = {token_usage::source::provider, 7, {}, {}, 0, {}};
  REQUIRE(run(world) == errc::none);
  CHECK(world.answers["c1"].reply.cost_micro == 14u);
}

TEST_CASE("who makes no vectors says so, and nobody else is asked", "[embed]") {
  turn_world world;
  world.user = own("anthropic", {}, fallback_policy::platform);
  world.admin.llm = platform_target("openai");
  CHECK(run(world) == errc::unsupported);
  CHECK(world.sent == 0);
  CHECK(world.all<refusal_record>().size() == 1);
}

TEST_CASE("vectors of another LLM are no replacement", "[embed]") {
  turn_world world;
  world.user = own("openai", {}, fallback_policy::platform);
  world.admin.llm = platform_target("openai");
  world.attempts = {{errc::authentication}};
  CHECK(run(world) == errc::authentication);
  CHECK(world.sent == 1);
}

TEST_CASE("a retry asks the model that was named", "[embed]") {
  turn_world world;
  world.user = own("openai");
  world.admin.caller_may_name_model = true;
  world.attempts = {{errc::provider_fault}};
  CHECK(run(world, one_text, "named-vectors") == errc::none);
  CHECK(world.sent == 2);
  CHECK(world.last_sent.model == "named-vectors");
}

TEST_CASE("callers name an embedding model only where the admin lets them",
          "[embed]") {
  turn_world world;
  world.user = own("openai", "own-vectors");
  CHECK(run(world, one_text, "other") == errc::invalid_request);
  CHECK(world.sent == 0);
}

TEST_CASE("the admin's parameters are told as dropped", "[embed]") {
  turn_world world;
  world.user = own("openai");
  world.admin.global.temperature = 0.4;
  world.admin.global.max_tokens = 100;
  REQUIRE(run(world) == errc::none);
  CHECK(world.last_sent.params == parameters{});
  size_t dropped = 0;
  for (const auto& each : world.answers["c1"].reply.params)
    dropped += each.fate == disposition::dropped;
  CHECK(dropped == 2);
}

TEST_CASE("what cannot be embedded is refused before anybody is asked",
          "[embed]") {
  auto input
    = GENERATE(embedding_input{}, embedding_input{{"a", ""}},
               embedding_input{std::vector<std::string>(2'049, "a")},
               embedding_input{{"a"}, 0}, embedding_input{{"a"}, 65'537});
  turn_world world;
  world.user = own("openai");
  CHECK(run(world, input) == errc::invalid_request);
  CHECK(world.sent == 0);
  auto refusals = world.all<refusal_record>();
  REQUIRE(refusals.size() == 1);
  CHECK(refusals[0].status == call_status::validation_rejected);
}

} // namespace byollm
