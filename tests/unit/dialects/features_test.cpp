// SPDX-License-Identifier: Apache-2.0
// Goal: what a caller wishes goes out in the words of the provider that
// answers, and what has no words there is reported, each once. Method: one
// request for each dialect, compared as parsed JSON.
#include "tests/unit/dialects/encoded.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace byollm;
using namespace byollm::test;

namespace {

using effort = thinking_wish::effort;

create_message_request thinking(effort how,
                                std::optional<int64_t> budget = {}) {
  auto request = hello();
  request.thinking = {how, budget};
  return request;
}

using kinds = std::vector<lost>;

} // namespace

TEST_CASE("an output format is said in each dialect's words", "[features]") {
  auto request = hello();
  request.output = {R"({"type":"object","properties":{}})", "city", true};
  auto schema = R"({"type":"object","properties":{}})";
  auto openai = to("openai", request);
  CHECK(openai.at("/response_format/type") == R"("json_schema")");
  CHECK(openai.at("/response_format/json_schema/name") == R"("city")");
  CHECK(openai.at("/response_format/json_schema/strict") == "true");
  CHECK(openai.at("/response_format/json_schema/schema") == schema);
  auto anthropic = to("anthropic", request);
  CHECK(anthropic.at("/output_config/format/type") == R"("json_schema")");
  CHECK(anthropic.at("/output_config/format/schema") == schema);
  CHECK(to("local-ollama", request).at("/format") == schema);
  request.output->schema_json = "no schema";
  for (auto provider : all_providers) {
    auto bad = call{.provider = provider, .request = request}.encode();
    REQUIRE_FALSE(bad);
    CHECK(bad.error().parameter == "output");
  }
}

TEST_CASE("any JSON object is asked for as each dialect takes it",
          "[features]") {
  auto request = hello();
  request.output.emplace();
  CHECK(to("openai", request).at("/response_format")
        == R"({"type":"json_object"})");
  CHECK(to("local-ollama", request).at("/format") == R"("json")");
  auto anthropic = to("anthropic", request);
  CHECK(anthropic.at("/output_config") == "absent");
  CHECK(anthropic.losses() == kinds{lost::output});
  // Which takes no effort from a model that has one.
  request.thinking = {effort::low};
  CHECK(to("anthropic", request, "claude-sonnet-4-6").at("/output_config")
        == R"({"effort":"low"})");
}

TEST_CASE("later models of Anthropic think by effort, earlier by tokens",
          "[features]") {
  auto later = to("anthropic", thinking(effort::low), "claude-sonnet-4-6");
  CHECK(later.at("/thinking") == R"({"type":"adaptive"})");
  CHECK(later.at("/output_config/effort") == R"("low")");
  for (auto model : {"claude-sonnet-4-5", "claude-opus-4-20250514",
                     "claude-3-7-sonnet-latest", "claude-haiku-4-5"}) {
    INFO(model);
    auto earlier
      = to("anthropic", thinking(effort::high), model, {.max_tokens = 32'000});
    CHECK(earlier.at("/thinking")
          == R"({"type":"enabled","budget_tokens":16384})");
    CHECK(earlier.at("/output_config") == "absent");
  }
  // Those that hide their thoughts are asked to show them.
  for (auto model : {"claude-opus-4-7", "claude-opus-5", "claude-sonnet-5-5"})
    CHECK(to("anthropic", thinking(effort::low), model).at("/thinking")
          == R"({"type":"adaptive","display":"summarized"})");
  CHECK(to("anthropic", thinking(effort::low, 900), "claude-opus-5").losses()
        == kinds{lost::effort});
}

TEST_CASE("some models of Anthropic cannot be kept from thinking",
          "[features]") {
  for (auto model : {"m", "claude-sonnet-4-5", "claude-opus-5"}) {
    auto off = to("anthropic", thinking(effort::off), model);
    CHECK(off.at("/thinking") == R"({"type":"disabled"})");
    CHECK(off.losses().empty());
  }
  for (auto model : {"claude-opus-5-5", "claude-fable-5", "claude-mythos-5"}) {
    auto off = to("anthropic", thinking(effort::off), model);
    CHECK(off.at("/thinking") == "absent");
    CHECK(off.losses() == kinds{lost::thinking});
  }
}

TEST_CASE("a budget to think is a part of max_tokens", "[features]") {
  auto told = thinking(effort::high, 2'000);
  auto budget = [&](int64_t most) {
    return to("anthropic", told, "claude-sonnet-4-5", {.max_tokens = most})
      .at("/thinking/budget_tokens");
  };
  CHECK(budget(4'000) == "2000");
  CHECK(budget(2'001) == "2000");
  // One that does not fit leaves a quarter, and that is told.
  CHECK(budget(2'000) == "1500");
  CHECK(
    to("anthropic", told, "claude-sonnet-4-5", {.max_tokens = 2'000}).losses()
    == kinds{lost::effort});
  CHECK(to("anthropic", told, "claude-sonnet-4-5", {.max_tokens = 2'001})
          .losses()
          .empty());
  auto none = call{.provider = "anthropic",
                   .model = "claude-sonnet-4-5",
                   .request = told,
                   .params = {.max_tokens = 1'024}}
                .encode();
  REQUIRE_FALSE(none);
  CHECK(none.error().parameter == "max_tokens");
}

TEST_CASE("an effort leaves the answer its room", "[features]") {
  auto budget = [&](effort how, std::optional<int64_t> most) {
    return to("anthropic", thinking(how), "claude-sonnet-4-5",
              {.max_tokens = most})
      .at("/thinking/budget_tokens");
  };
  // Of the 4,096 that are asked for if nobody says how many.
  CHECK(budget(effort::low, {}) == "1024");
  CHECK(budget(effort::medium, {}) == "3072");
  CHECK(budget(effort::high, {}) == "3072");
  CHECK(budget(effort::medium, 6'000) == "4096");
  CHECK(budget(effort::high, 32'000) == "16384");
  // Anthropic takes no fewer.
  CHECK(budget(effort::high, 1'100) == "1024");
}

TEST_CASE("a turn that began without a signed thought goes on without",
          "[features]") {
  // A tool's call, its result, and what may stand around them.
  auto call = [](std::vector<content_block> before) {
    before.push_back(tool_use_block{"c1", "f", "{}"});
    return assistant(std::move(before));
  };
  auto result = user({tool_result_block{"c1", "found"}});
  auto ask = [](std::vector<chat_message> more, std::string model) {
    auto request = thinking(effort::low);
    for (auto& each : more)
      request.messages.push_back(std::move(each));
    return to("anthropic", request, std::move(model), {.max_tokens = 20'000});
  };
  constexpr auto by_budget = "claude-sonnet-4-5";
  auto is_on = [&](std::vector<chat_message> more) {
    return ask(std::move(more), by_budget).at("/thinking/type")
           == R"("enabled")";
  };
  auto signed_call = call({thinking_block{"Hm", "sig"}});
  CHECK(is_on({signed_call, result}));
  CHECK(is_on({call({thinking_block{"ZW5j", "", true}}), result}));
  // What follows in the same turn need not think again.
  CHECK(is_on({signed_call, result, call({}), result}));
  CHECK(is_on({call({}), result, assistant({text_block{"So."}}),
               user({text_block{"And?"}})}));
  for (const auto& unsigned_call :
       {call({}), call({text_block{"I look."}}),
        call({thinking_block{"Hm", ""}}),
        call({text_block{"I look."}, thinking_block{"Hm", "sig"}})}) {
    auto off = ask({unsigned_call, result}, by_budget);
    CHECK(off.at("/thinking") == "absent");
    CHECK(std::ranges::count(off.losses(), lost::thinking) == 1);
    // Which holds whatever comes with the result.
    CHECK_FALSE(is_on({unsigned_call, result, user({text_block{"Well?"}})}));
    CHECK_FALSE(is_on({unsigned_call, result, signed_call, result}));
  }
  // A thought goes back to nobody who is told not to think.
  auto mixed = ask({call({}), result, signed_call, result}, by_budget);
  CHECK(mixed.at("/messages/3/content/0/type") == R"("tool_use")");
  CHECK(mixed.losses() == kinds{lost::thinking, lost::thoughts});
  // Later models take what there is.
  auto later = ask({call({}), result}, "claude-sonnet-4-6");
  CHECK(later.at("/thinking/type") == R"("adaptive")");
  CHECK(later.losses().empty());
}

TEST_CASE("a model that must call a tool does not think within a budget",
          "[features]") {
  using mode = tool_choice::mode;
  auto type_with = [](tool_choice choice, std::string model) {
    auto request = thinking(effort::low);
    request.tools = {{"f", "", ""}};
    request.choice = std::move(choice);
    auto got = to("anthropic", request, std::move(model));
    CHECK(got.losses().empty() == (got.at("/thinking/type") != "absent"));
    return got.at("/thinking/type");
  };
  for (const auto& forced : {tool_choice{mode::any}, {mode::one, "f"}}) {
    CHECK(type_with(forced, "claude-sonnet-4-5") == "absent");
    CHECK(type_with(forced, "claude-sonnet-4-6") == R"("adaptive")");
  }
  for (const auto& free : {tool_choice{mode::automatic}, {mode::none}})
    CHECK(type_with(free, "claude-sonnet-4-5") == R"("enabled")");
}

TEST_CASE("OpenAI's models take an effort where they think", "[features]") {
  CHECK(to("openai", thinking(effort::low), "gpt-5.1").at("/reasoning_effort")
        == R"("low")");
  CHECK(to("openai", thinking(effort::off), "qwen3").at("/reasoning_effort")
        == R"("none")");
  for (auto model : {"o3", "gpt-5", "gpt-5-mini"}) {
    auto off = to("openai", thinking(effort::off), model);
    CHECK(off.at("/reasoning_effort") == "absent");
    CHECK(off.losses() == kinds{lost::thinking});
  }
  CHECK(to("openai", thinking(effort::off), "gpt-5.2").at("/reasoning_effort")
        == R"("none")");
  auto plain = to("openai", thinking(effort::high), "gpt-4.1");
  CHECK(plain.at("/reasoning_effort") == "absent");
  CHECK(plain.losses() == kinds{lost::thinking});
  CHECK(to("openai", thinking(effort::low, 500), "o4-mini").losses()
        == kinds{lost::effort});
}

TEST_CASE("Ollama's models think or not, gpt-oss so much", "[features]") {
  auto some = to("local-ollama", thinking(effort::low), "qwen3");
  CHECK(some.at("/think") == "true");
  CHECK(some.losses() == kinds{lost::effort});
  CHECK(to("local-ollama", thinking(effort::off), "qwen3").at("/think")
        == "false");
  auto levels = to("local-ollama", thinking(effort::low), "gpt-oss:20b");
  CHECK(levels.at("/think") == R"("low")");
  CHECK(levels.losses().empty());
  auto never = to("local-ollama", thinking(effort::off), "gpt-oss:20b");
  CHECK(never.at("/think") == "absent");
  CHECK(never.losses() == kinds{lost::thinking});
}

TEST_CASE("a seed, cache marks and one tool at a time", "[features]") {
  auto request = hello();
  request.seed = -7;
  request.system_blocks = {{"Be brief."}, {"And kind.", true}};
  request.tools = {{"find", "", "{}", true}};
  request.choice = tool_choice{tool_choice::mode::automatic, "", true};
  auto openai = to("openai", request);
  CHECK(openai.at("/seed") == "-7");
  CHECK(openai.at("/parallel_tool_calls") == "false");
  CHECK(openai.at("/messages/0/content") == R"("Be brief.\n\nAnd kind.")");
  CHECK(openai.losses() == kinds{lost::cache_marks});
  auto anthropic = to("anthropic", request);
  CHECK(anthropic.at("/system/0/cache_control") == "absent");
  CHECK(anthropic.at("/system/1/cache_control/type") == R"("ephemeral")");
  CHECK(anthropic.at("/tools/0/cache_control/type") == R"("ephemeral")");
  CHECK(anthropic.at("/tool_choice")
        == R"({"type":"auto","disable_parallel_tool_use":true})");
  CHECK(anthropic.losses() == kinds{lost::seed});
  auto ollama = to("local-ollama", request);
  CHECK(ollama.at("/options/seed") == "-7");
  CHECK(ollama.losses() == kinds{lost::cache_marks, lost::one_at_a_time});
}

TEST_CASE("what has no place is reported once, and by its kind", "[features]") {
  auto request = hello();
  request.messages = {
    user({text_block{"q"}}),
    assistant({thinking_block{"unsigned", ""}, thinking_block{"mine", "sig"},
               tool_use_block{"c1", "f", ""}, tool_use_block{"c2", "f", ""}}),
    user({tool_result_block{"c1", "no", true, true},
          tool_result_block{"c2", "no", true, true}})};
  request.metadata = {{"user_id", "u"}, {"a", "x"}, {"b", "y"}};
  request.seed = 1;
  request.extra = {"cohere", R"({"k":1})", {}};
  CHECK(to("anthropic", request).losses()
        == kinds{lost::thoughts, lost::seed, lost::metadata, lost::extra});
  CHECK(to("openai", request).losses()
        == kinds{lost::thoughts, lost::metadata, lost::cache_marks,
                 lost::error_marks, lost::extra});
  CHECK(to("local-ollama", request).losses()
        == kinds{lost::metadata, lost::cache_marks, lost::error_marks,
                 lost::extra});
  for (auto provider : all_providers) {
    CHECK(to(provider, hello()).losses().empty());
    for (const auto& each : to(provider, request).wire.losses)
      CHECK_FALSE(each.why.empty());
  }
}

TEST_CASE("Anthropic counts what would be sent", "[features]") {
  auto request = hello();
  request.system = "Be brief.";
  request.tools = {{"f", "", ""}};
  auto at = base_url::parse("https://h/v1");
  auto wire = find_dialect("anthropic")
                ->encode_count({*at, "m", request, parameters{}});
  REQUIRE(wire);
  CHECK(wire->target == "/v1/messages/count_tokens");
  rapidjson::Document body;
  body.Parse(wire->body.c_str());
  CHECK(body.HasMember("system"));
  CHECK(body.HasMember("tools"));
  CHECK(body.HasMember("messages"));
  CHECK_FALSE(body.HasMember("max_tokens"));
  for (auto provider : all_providers) {
    auto known = find_dialect(provider);
    auto made = known->encode_count({*at, "m", request, parameters{}});
    CHECK(made.has_value() == known->traits().counts_tokens);
  }
  auto decoder = find_dialect("anthropic")->count_decoder();
  std::vector<delta> deltas;
  REQUIRE(decoder->begin({200, {}}));
  REQUIRE(decoder->feed(R"({"input_tokens":17})", deltas));
  CHECK(decoder->finish().code == errc::none);
  CHECK(decoder->reply().counted_tokens == 17u);
  CHECK(decoder->reply().usage.output == 0u);
  auto bad = find_dialect("anthropic")->count_decoder();
  REQUIRE(bad->begin({200, {}}));
  REQUIRE(bad->feed(R"({"input_tokens":-1})", deltas));
  CHECK(bad->finish().code == errc::protocol);
}

TEST_CASE("a block that only one dialect has goes back to it", "[features]") {
  auto request = hello();
  constexpr auto search
    = R"({"type":"server_tool_use", "id":"s", "input":{"n":1.0}})";
  request.messages.push_back(
    assistant({text_block{"I look."}, opaque_block{"anthropic", search}}));
  request.messages.push_back(
    user({text_block{"Go on."}, opaque_block{"openai", R"({"type":"file"})"}}));
  auto anthropic = to("anthropic", request);
  CHECK(anthropic.wire.body.find(search) != std::string::npos);
  CHECK(anthropic.at("/messages/2/content/1") == "absent");
  CHECK(anthropic.losses() == kinds{lost::blocks});
  auto openai = to("openai", request);
  CHECK(openai.at("/messages/2/content/1") == R"({"type":"file"})");
  CHECK(openai.losses() == kinds{lost::blocks});
  CHECK(to("local-ollama", request).losses() == kinds{lost::blocks});
  for (auto text : {"", "[]", "{", R"({"type":"x"}{)"}) {
    INFO(text);
    request.messages.back() = user({opaque_block{"openai", text}});
    auto made = call{.provider = "openai", .request = request}.encode();
    // Without a word it is an empty object.
    CHECK(made.has_value() == std::string_view{text}.empty());
  }
}

TEST_CASE("a tool's result may show images", "[features]") {
  auto request = hello();
  tool_result_block result{"c1", "a map"};
  result.images = {{"image/png", "QUJD", ""}, {"", "", "https://h/i.png"}};
  request.messages
    = {user({text_block{"q"}}), assistant({tool_use_block{"c1", "f", "{}"}}),
       user({result})};
  auto anthropic = to("anthropic", request);
  auto content = std::string{"/messages/2/content/0/content"};
  CHECK(anthropic.at((content + "/0/text").c_str()) == R"("a map")");
  CHECK(anthropic.at((content + "/1/source/data").c_str()) == R"("QUJD")");
  CHECK(anthropic.at((content + "/2/source/type").c_str()) == R"("url")");
  CHECK(anthropic.losses().empty());
  CHECK(to("openai", request).losses() == kinds{lost::result_images});
  CHECK(to("local-ollama", request).losses() == kinds{lost::result_images});
  std::get<tool_result_block>(request.messages[2].content[0]).images
    = {{"", "QUJD", ""}};
  for (auto provider : all_providers)
    CHECK_FALSE(call{.provider = provider, .request = request}.encode());
}
