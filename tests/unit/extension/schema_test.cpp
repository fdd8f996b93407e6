// SPDX-License-Identifier: Apache-2.0
// Goal: arguments that break a schema are refused, with the place of what is
// wrong; a schema that cannot be kept is refused when it is offered. Method:
// schemas as pydantic 1 and 2 write them, each with a good twin.
#include "app/schema/argument_schema.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <thread>

namespace byollm {

namespace {

rapidjson::Document json(const char* text) {
  rapidjson::Document made;
  made.Parse(text);
  REQUIRE_FALSE(made.HasParseError());
  return made;
}

std::shared_ptr<const argument_schema> schema(const char* text) {
  auto made = argument_schema::compile(json(text));
  REQUIRE(made);
  return *made;
}

// The pointer of what is wrong; "ok" if nothing is.
std::string wrong(const char* rules, const char* arguments) {
  auto checked = schema(rules)->check(json(arguments));
  if (checked)
    return "ok";
  CHECK(checked.error().code == errc::validation_rejected);
  return checked.error().parameter;
}

constexpr auto summarize = R"({
  "title": "SummarizeParams", "type": "object",
  "properties": {
    "text": {"title": "Text", "type": "string", "description": "..."},
    "max_words": {"title": "Max Words", "type": "integer", "default": 80,
                  "exclusiveMinimum": 0, "maximum": 500}},
  "required": ["text"]})";

} // namespace

TEST_CASE("arguments are held against their schema", "[schema]") {
  CHECK(wrong(summarize, R"({"text": "x"})") == "ok");
  CHECK(wrong(summarize, R"({"text": "x", "max_words": 500})") == "ok");
  CHECK(wrong(summarize, R"({"max_words": 5})") == "/text");
  CHECK(wrong(summarize, R"({"text": 5})") == "/text");
  CHECK(wrong(summarize, R"({"text": "x", "max_words": "5"})") == "/max_words");
  CHECK(wrong(summarize, R"({"text": "x", "max_words": 0})") == "/max_words");
  CHECK(wrong(summarize, R"({"text": "x", "max_words": 501})") == "/max_words");
  CHECK(wrong(summarize, R"({"text": "x", "max_words": 1.5})") == "/max_words");
}

TEST_CASE("references, choices and constants of either draft hold",
          "[schema]") {
  for (auto place : {"$defs", "definitions"}) {
    auto rules = std::string{R"({"type": "object", "properties": {
      "kind": {"const": "note"}, "at": {"$ref": "#/)"}
                 + place + R"(/At"},
      "tags": {"type": "array", "items": {"type": "string"}, "maxItems": 2},
      "note": {"anyOf": [{"type": "string"}, {"type": "null"}]}},
      "additionalProperties": false, ")"
                 + place + R"(": {"At": {"type": "object",
        "properties": {"day": {"type": "string", "pattern": "^[0-9-]+$"}},
        "required": ["day"]}}})";
    INFO(rules);
    auto is = [&](const char* x) { return wrong(rules.c_str(), x); };
    CHECK(is(R"({"kind": "note", "at": {"day": "2026-01-01"}})") == "ok");
    CHECK(is(R"({"kind": "other"})") == "/kind");
    CHECK(is(R"({"at": {}})") == "/at/day");
    CHECK(is(R"({"at": {"day": "soon"}})") == "/at/day");
    CHECK(is(R"({"tags": ["a", 5]})") == "/tags/1");
    CHECK(is(R"({"tags": ["a", "b", "c"]})") == "/tags");
    CHECK(is(R"({"note": null})") == "ok");
    CHECK(is(R"({"note": 5})") == "/note");
    CHECK(is(R"({"more": 1})") == "/more");
  }
}

TEST_CASE("a schema that leads in circles or nowhere is refused", "[schema]") {
  for (auto rules :
       {R"({"$ref": "#"})", R"({"properties": {"x": {"$ref": "#/$defs/X"}}})",
        R"({"$ref": "http://example.com/schema"})", R"({"$ref": "other.json"})",
        R"({"$defs": {"A": {"$ref": "#/$defs/B"}, "B": {"$ref": "#/$defs/A"}},
            "$ref": "#/$defs/A"})",
        R"(["not", "an", "object"])"}) {
    INFO(rules);
    auto made = argument_schema::compile(json(rules));
    REQUIRE_FALSE(made);
    CHECK(made.error().code == errc::invalid_request);
    CHECK(made.error().parameter == "parameters");
  }
}

TEST_CASE("a schema that would take all time or memory is refused",
          "[schema]") {
  auto refused = [](const std::string& rules) {
    rapidjson::Document parsed;
    parsed.Parse(rules.c_str());
    REQUIRE_FALSE(parsed.HasParseError());
    return !argument_schema::compile(parsed);
  };
  std::string chain = R"({"$ref": "#/$defs/a0", "$defs": {)";
  for (int i = 0; i < 130; ++i)
    chain += "\"a" + std::to_string(i) + R"(": {"$ref": "#/$defs/a)"
             + std::to_string(i + 1) + "\"}, ";
  chain += R"("a130": {}}})";
  CHECK(refused(chain));
  // The same from its end: what was read before lies no less deep.
  std::string back = R"({"$defs": {"a0": {})";
  for (int i = 0; i < 130; ++i)
    back += ", \"a" + std::to_string(i + 1) + R"(": {"$ref": "#/$defs/a)"
            + std::to_string(i) + "\"}";
  CHECK(refused(back + "}}"));
  auto pattern = [](const char* text) {
    return std::string{R"({"properties": {"x": {"pattern": ")"} + text
           + "\"}}}";
  };
  CHECK(refused(pattern("((a{100}){100}){100}")));
  CHECK(refused(pattern("a{2000}")));
  CHECK(refused(pattern("a{1,99999999999}")));
  CHECK_FALSE(refused(pattern(R"(\\{99999999999)")));
  CHECK(refused(R"({"patternProperties": {"((a{100}){100}){100}": {}}})"));
  CHECK_FALSE(refused(pattern("^a{1,32}-[0-9]{4}$")));
  CHECK_FALSE(refused(pattern("^a{1,500}-b{1,500}$")));
  // All of a schema's patterns together.
  std::string many;
  for (int i = 0; i < 20; ++i)
    many += R"({"pattern": "a{1000}"}, )";
  CHECK(refused(R"({"allOf": [)" + many + "{}]}"));
  CHECK(refused(R"({"description": ")" + std::string(70'000, 'x') + "\"}"));
}

TEST_CASE("true and false are schemas", "[schema]") {
  auto rules = R"({"properties": {"any": true, "none": false},
                   "anyOf": [true], "not": false, "additionalProperties": true})";
  CHECK(wrong(rules, R"({"any": [1], "more": 2})") == "ok");
  CHECK(wrong(rules, R"({"none": null})") == "/none");
  CHECK(
    wrong(R"({"properties": {"l": {"items": [true, false]}}})", R"({"l": [1]})")
    == "ok");
}

TEST_CASE("a keyword of another form is refused by its name", "[schema]") {
  for (auto [keyword, value] : {std::pair{"patternProperties", "5"},
                                {"properties", R"({"x": 5})"},
                                {"anyOf", "[]"},
                                {"anyOf", "[5]"},
                                {"allOf", R"({"x": 1})"},
                                {"not", "5"},
                                {"items", R"("x")"},
                                {"required", R"("x")"},
                                {"type", "5"},
                                {"enum", R"("x")"},
                                {"pattern", "5"},
                                {"dependencies", R"({"x": 5})"},
                                {"$defs", "[]"}}) {
    auto member = "{\"" + std::string{keyword} + "\": " + value + "}";
    for (auto rules :
         {member, R"({"properties": {"x": )" + member + "}}",
          R"({"default": )" + member
            + R"(, "properties": {"x": {"$ref": "#/default"}}})"}) {
      INFO(rules);
      auto made = argument_schema::compile(json(rules.c_str()));
      REQUIRE_FALSE(made);
      CHECK(made.error().detail.find(keyword) != std::string::npos);
    }
  }
}

TEST_CASE("what is no schema has no form", "[schema]") {
  for (auto rules : {R"({"enum": [{"patternProperties": 5}]})",
                     R"({"default": {"pattern": "("}, "title": {"type": 5}})",
                     R"({"const": {"$ref": "elsewhere"}})"}) {
    INFO(rules);
    CHECK(argument_schema::compile(json(rules)));
  }
}

TEST_CASE("a pattern that is not known is refused, not passed over",
          "[schema]") {
  auto refusal = [](const char* rules) {
    INFO(rules);
    auto made = argument_schema::compile(json(rules));
    REQUIRE_FALSE(made);
    CHECK(made.error().code == errc::invalid_request);
    CHECK(made.error().detail.find("pattern") != std::string::npos);
  };
  refusal(R"x({"patternProperties": {"^(?=a)$": {}}})x");
  for (auto pattern : {R"((a)\\1)", "(?=a)", "(?<!a)b", "a**", "*", "(a", "a)",
                       "a{3,2}", "[]", "[a", "[z-a]", R"(a\\)"}) {
    auto rules = std::string{R"({"pattern": ")"} + pattern + "\"}";
    refusal(rules.c_str());
  }
}

TEST_CASE("a schema is used by many threads at once", "[schema]") {
  auto rules
    = schema(R"({"properties": {"x": {"pattern": "^(a|b)*c[0-9]{1,8}$"}}})");
  std::atomic<int> right{0};
  auto check = [&] {
    auto good = json(R"({"x": "abababababc1234"})");
    auto bad = json(R"({"x": "abababababd1234"})");
    for (int i = 0; i < 5'000; ++i)
      right += rules->check(good) && !rules->check(bad) ? 1 : 0;
  };
  {
    std::jthread one{check};
    std::jthread two{check};
  }
  CHECK(right == 10'000);
}

TEST_CASE("what only looks like a keyword is none", "[schema]") {
  auto rules = R"({"properties": {"const": {"type": "string"},
                                  "exclusiveMinimum": {"type": "integer"},
                                  "x": {"enum": [{"const": 1}]},
                                  "n": {"minimum": 10,
                                        "exclusiveMinimum": 5}},
                   "additionalProperties": false})";
  CHECK(wrong(rules, R"({"const": "a", "exclusiveMinimum": 5})") == "ok");
  CHECK(wrong(rules, R"({"x": {"const": 1}})") == "ok");
  CHECK(wrong(rules, R"({"n": 10})") == "ok");
  CHECK(wrong(rules, R"({"n": 9})") == "/n");
}

TEST_CASE("no schema takes every object", "[schema]") {
  CHECK(wrong("{}", R"({"anything": [1, {"x": null}]})") == "ok");
  CHECK(schema(summarize)->text().find("exclusiveMinimum\":0")
        != std::string::npos);
}

} // namespace byollm
