// SPDX-License-Identifier: Apache-2.0
// Goal: the judge of the faults notices what it is there for. Method: a call
// that failed over as it shall, and each thing that could be wrong with it.
#include "tests/e2e/faults/judge.hpp"

#include <catch2/catch.hpp>

#include <functional>

namespace byollm::test {

namespace {

constexpr surroundings streaming{.stream = true};
constexpr size_t ada = 7;

staged_call refused_key() {
  ending fails{.error = errc::authentication,
               .http_status = 401,
               .provider_code = "invalid_api_key"};
  scene what{{}, {.fails = fails, .moves_on = true}};
  return {what, tongue::openai, true, false};
}

observation as_it_shall_be() {
  observation made;
  made.caller = told{.text = std::string{platform_text},
                     .stop = stop_reason::end_turn,
                     .provider = "anthropic",
                     .fallback_from = "openai",
                     .cost_micro = platform_cost,
                     .attempts = 2,
                     .seen = std::string{platform_text}};
  made.rows = {{"user", "openai", "byollm", "", "rejected", "authentication",
                "yes", "0", "401", "req_022o", "invalid_api_key", "unknown"},
               {"platform", "anthropic", "platform", "openai", "success",
                "none", "yes", "40", "", "req_011a", "", "end_turn"}};
  made.own = {{0, "Authorization: Bearer " + own_key(ada), "own-model"}};
  made.platforms = {{0, "x-api-key: " + platform_key(), "\"platform-model\""}};
  return made;
}

std::string said_of(const observation& saw) {
  return differences(refused_key(), ada, streaming, saw);
}

using tampering = std::function<void(observation& saw)>;

} // namespace

TEST_CASE("the judge of faults notices what is wrong", "[faults][judge]") {
  REQUIRE(said_of(as_it_shall_be()) == "");
  const std::vector<std::pair<const char*, tampering>> wrongs = {
    {"no answer", [](auto& saw) { saw.caller.reset(); }},
    {"the user's failure",
     [](auto& saw) { saw.caller->why.code = errc::authentication; }},
    {"the user's own bill", [](auto& saw) { saw.caller->is_byollm = true; }},
    {"fallback untold", [](auto& saw) { saw.caller->fallback_from = ""; }},
    {"another price", [](auto& saw) { saw.caller->cost_micro = 0; }},
    {"pieces of both", [](auto& saw) { saw.caller->seen += "x"; }},
    {"asked twice", [](auto& saw) { saw.own.push_back(saw.own[0]); }},
    {"platform asked twice",
     [](auto& saw) { saw.platforms.push_back(saw.platforms[0]); }},
    {"the user's key at the platform's",
     [](auto& saw) { saw.platforms[0].body += own_key(ada); }},
    {"the platform's key at the user's",
     [](auto& saw) { saw.own[0].head += platform_key(); }},
    {"another user's key", [](auto& saw) { saw.own[0].head = own_key(8); }},
    {"the user's model at the platform's",
     [](auto& saw) { saw.platforms[0].body = "own-model"; }},
    {"no row", [](auto& saw) { saw.rows.pop_back(); }},
    {"the user pays", [](auto& saw) { saw.rows[0].cost_micro = "40"; }},
    {"the platform does not", [](auto& saw) { saw.rows[1].cost_micro = "0"; }},
    {"another class", [](auto& saw) { saw.rows[1].billing = "byollm"; }},
    {"another certainty", [](auto& saw) { saw.rows[0].sent = "maybe"; }},
    {"another status", [](auto& saw) { saw.rows[0].status = "failed"; }}};
  for (const auto& [name, tamper] : wrongs) {
    INFO(name);
    auto saw = as_it_shall_be();
    tamper(saw);
    CHECK(said_of(saw) != "");
  }
}

} // namespace byollm::test
