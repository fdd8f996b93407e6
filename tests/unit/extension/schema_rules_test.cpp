// SPDX-License-Identifier: Apache-2.0
// Goal: each keyword of a schema means what JSON Schema says, and what it costs
// to find that out has a bound. Method: tables of schemas, values and where
// those are wrong; schemas that multiply the work.
#include "app/schema/argument_schema.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace byollm {

namespace {

rapidjson::Document json(const std::string& text) {
  rapidjson::Document made;
  made.Parse<rapidjson::kParseFullPrecisionFlag>(text.c_str());
  REQUIRE_FALSE(made.HasParseError());
  return made;
}

// "ok", the place and the rule of what is wrong, or "too much".
std::string verdict(const std::string& rules, const std::string& arguments) {
  auto made = argument_schema::compile(json(rules));
  REQUIRE(made);
  auto checked = (*made)->check(json(arguments));
  if (checked)
    return "ok";
  const auto& why = checked.error();
  if (why.code == errc::limit_exceeded) {
    CHECK(why.parameter == "arguments");
    CHECK(why.detail.find("10,000,000 steps") != std::string::npos);
    return "too much";
  }
  CHECK(why.code == errc::validation_rejected);
  auto rule = why.detail.substr(why.detail.find('"') + 1);
  return why.parameter + ' ' + rule.substr(0, rule.size() - 1);
}

std::string repeated(const std::string& what, size_t times) {
  std::string made;
  for (size_t i = 0; i < times; ++i)
    made += what;
  return made;
}

struct sample {
  const char* rules;
  const char* value;
  const char* verdict;
};

void hold(std::initializer_list<sample> samples) {
  for (const auto& [rules, value, wanted] : samples) {
    INFO(rules << " " << value);
    CHECK(verdict(rules, value) == wanted);
  }
}

} // namespace

TEST_CASE("rules of numbers and texts hold", "[schema]") {
  hold({
    {R"({"minimum": 2})", "2", "ok"},
    {R"({"minimum": 2})", "1.5", " minimum"},
    {R"({"exclusiveMinimum": 2})", "2", " exclusiveMinimum"},
    {R"({"minimum": 2, "exclusiveMinimum": true})", "2", " exclusiveMinimum"},
    {R"({"minimum": 2, "exclusiveMinimum": false})", "2", "ok"},
    {R"({"maximum": 18446744073709551614})", "18446744073709551615",
     " maximum"},
    {R"({"maximum": -1})", "18446744073709551615", " maximum"},
    {R"({"exclusiveMaximum": 2.5})", "2.5", " exclusiveMaximum"},
    {R"({"maximum": 2, "exclusiveMaximum": true})", "2", " exclusiveMaximum"},
    {R"({"multipleOf": 3})", "-9", "ok"},
    {R"({"multipleOf": 3})", "-9223372036854775808", " multipleOf"},
    {R"({"multipleOf": 0.5})", "1.5", "ok"},
    {R"({"multipleOf": 0.5})", "1.75", " multipleOf"},
    {R"({"multipleOf": 0.1})", "0.3", "ok"},
    {R"({"multipleOf": 0.01})", "-1.005", " multipleOf"},
    {R"({"type": ["integer", "null"]})", "null", "ok"},
    {R"({"type": ["integer", "null"]})", "1.5", " type"},
    {R"({"type": "number"})", "1", "ok"},
    {R"({"minLength": 2, "maxLength": 2})", "\"\u00e9\u20ac\"", "ok"},
    {R"({"minLength": 2})", "\"\u00e9\"", " minLength"},
    {R"({"maxLength": 2})", "\"\u00e9\u20acx\"", " maxLength"},
    {R"({"minLength": 2, "minimum": 5, "minItems": 5})", "true", "ok"},
  });
}

TEST_CASE("rules of lists and objects hold", "[schema]") {
  hold({
    {R"({"minItems": 1})", "[]", " minItems"},
    {R"({"items": [{"type": "null"}]})", "[null, 1]", "ok"},
    {R"({"items": [{"type": "null"}], "additionalItems": false})", "[null, 1]",
     "/1 additionalItems"},
    {R"({"items": [], "additionalItems": false})", "[1]", "/0 additionalItems"},
    {R"({"prefixItems": [{"type": "null"}], "items": false})", "[null]", "ok"},
    {R"({"prefixItems": [{"type": "null"}], "items": false})", "[null, 1]",
     "/1 additionalItems"},
    {R"({"prefixItems": [{"type": "null"}], "items": {"type": "string"}})",
     "[null, 1]", "/1 type"},
    {R"({"prefixItems": [{"type": "null"}]})", "[1]", "/0 type"},
    {R"({"items": [true], "additionalItems": {"type": "null"}})", "[1, 2]",
     "/1 type"},
    {R"({"additionalItems": false})", "[1, 2]", "ok"},
    {R"({"minProperties": 1})", "{}", " minProperties"},
    {R"({"maxProperties": 1})", R"({"a": 1, "b": 1})", " maxProperties"},
    {R"({"required": ["a/b"]})", "{}", "/a~1b required"},
    {R"({"required": ["a"], "additionalProperties": false})", R"({"a": 1})",
     "/a additionalProperties"},
    {R"({"properties": {"a": {"type": "null"}}})", R"({"a": 1})", "/a type"},
    {R"({"patternProperties": {"^x": {"type": "null"}}})", R"({"xy": 1})",
     "/xy type"},
    {R"({"patternProperties": {"^x": {}}, "additionalProperties": false})",
     R"({"xy": 1, "yx": 1})", "/yx additionalProperties"},
    {R"({"properties": {"x": {"type": "null"}}, "patternProperties": {"x": {}},
         "additionalProperties": {"type": "null"}})",
     R"({"ax": 1, "x": null, "y": 1})", "/y type"},
    {R"({"dependencies": {"a": ["b"]}})", R"({"a": 1})", " dependencies"},
    {R"({"dependencies": {"a": ["b"]}})", R"({"b": 1})", "ok"},
    {R"({"dependencies": {"a": {"maxProperties": 1}}})", R"({"a": 1, "b": 2})",
     " maxProperties"},
    {R"({"dependencies": {"a": false}})", R"({"b": 2})", "ok"},
  });
}

TEST_CASE("the same is the same however it is written", "[schema]") {
  hold({
    {R"({"uniqueItems": true})", "[1, 2, 1.0]", "/2 uniqueItems"},
    {R"({"uniqueItems": true})", "[3, 2, 2, 3]", "/2 uniqueItems"},
    {R"({"uniqueItems": true})", "[1e16, 10000000000000000]", "/1 uniqueItems"},
    {R"({"uniqueItems": true})",
     R"([{"a": 1, "b": [2]}, {"b": [2.0], "a": 1}])", "/1 uniqueItems"},
    {R"({"uniqueItems": true})", R"([["ab"], ["a", "b"], "ab", ["ab", []]])",
     "ok"},
    {R"({"uniqueItems": true})", R"([1, "1", true, null, [], {}, false, [1]])",
     "ok"},
    {R"({"uniqueItems": false})", "[1, 1]", "ok"},
    {R"({"enum": [{"a": 1, "b": 2}, 5]})", R"({"b": 2, "a": 1.0})", "ok"},
    {R"({"enum": [{"a": 1, "b": 2}, 5]})", R"({"b": 2})", " enum"},
    {R"({"enum": []})", "1", "ok"},
    {R"({"const": [1, "x"]})", R"(["x", 1])", " const"},
    {R"({"const": 1, "enum": [1, 2]})", "2", " const"},
  });
}

TEST_CASE("of choices so many hold as their keyword says", "[schema]") {
  hold({
    {R"({"allOf": [{"minimum": 1}, {"items": {"maximum": 5}}]})", "[6]",
     "/0 maximum"},
    {R"({"anyOf": [{"items": {"type": "null"}}, {"maxItems": 1}]})", "[1, 2]",
     " anyOf"},
    {R"({"anyOf": [{"type": "null"}, true]})", "1", "ok"},
    {R"({"oneOf": [{"minimum": 1}, {"maximum": 5}]})", "3", " oneOf"},
    {R"({"oneOf": [{"minimum": 1}, {"maximum": 5}]})", "6", "ok"},
    {R"({"oneOf": [{"minimum": 8}, {"maximum": 5}]})", "6", " oneOf"},
    {R"({"not": {"type": "null"}})", "null", " not"},
    {R"({"not": {"type": "null"}})", "1", "ok"},
    {R"({"properties": {"a": {"anyOf": [{"type": "null"},
         {"properties": {"b": {"type": "null"}}}]}}})",
     R"({"a": {"b": 1}})", "/a anyOf"},
  });
}

TEST_CASE("a pattern is looked for in all of a text", "[schema]") {
  auto is_in = [](const std::string& pattern, const std::string& text) {
    auto is = verdict(R"({"pattern": ")" + pattern + "\"}", '"' + text + '"');
    INFO(pattern << " in " << text << ": " << is);
    CHECK((is == "ok" || is == " pattern"));
    return is == "ok";
  };
  CHECK(is_in("", "x"));
  CHECK(is_in("b+c", "abbcd"));
  CHECK_FALSE(is_in("b+c", "abbd"));
  CHECK(is_in("^a|b$", "ax"));
  CHECK(is_in("^a|b$", "xb"));
  CHECK_FALSE(is_in("^a|b$", "xax"));
  CHECK(is_in("^(a*)*$", "aaa"));
  CHECK_FALSE(is_in("^(a*)*$", "aab"));
  CHECK(is_in("^a()b(|c)$", "ab"));
  CHECK(is_in("^[^a-c]{2}.$", "x\u00e9\u20ac"));
  CHECK(is_in("^[\u00e0-\u00f0]$", "\u00e9"));
  CHECK_FALSE(is_in("^[-a]+$", "ab-"));
  CHECK(is_in("^[ab-]+$", "ab-"));
  CHECK(is_in("^(ab){2,3}$", "ababab"));
  CHECK_FALSE(is_in("^(ab){2,3}$", "abababab"));
  CHECK(is_in("^(a|b){0,2}c{2,}$", "cccc"));
  CHECK_FALSE(is_in("^a+?$", ""));
  CHECK(is_in(R"(^\\$[\\].]$)", "$]"));
  CHECK(is_in(R"(^\\d{4}(?:-\\d\\d)?$)", "2026-11"));
  CHECK_FALSE(is_in(R"(^\\d{4}(?:-\\d\\d)?$)", "2026-"));
  // Also behind a character that ends texts in C.
  CHECK_FALSE(is_in("^abc$", R"(abc\u0000d)"));
}

TEST_CASE("no way through a pattern is gone twice", "[schema]") {
  // 2^500 ways.
  auto rules = R"({"pattern": "^(a?|b?){500}$"})";
  CHECK(verdict(rules, '"' + std::string(500, 'a') + '"') == "ok");
  CHECK(verdict(rules, '"' + std::string(501, 'a') + '"') == " pattern");
}

TEST_CASE("what is only large is held against a schema", "[schema]") {
  std::string numbers = "[0";
  for (int i = 1; i < 100'000; ++i)
    numbers += ',' + std::to_string(i);
  CHECK(verdict(R"({"uniqueItems": true, "items": {"type": "integer"}})",
                numbers + ']')
        == "ok");
  CHECK(verdict(R"({"uniqueItems": true})", numbers + ",77]")
        == "/100000 uniqueItems");
}

TEST_CASE("a check ends after so many steps, whatever multiplies them",
          "[schema]") {
  auto items = '[' + repeated("1, ", 2'500) + "1]";
  auto rules = repeated(R"({"not": {"type": "null"}}, )", 2'100);
  CHECK(verdict(R"({"items": {"allOf": [)" + rules + "{}]}}", items)
        == "too much");
  CHECK(verdict(R"({"pattern": "(a|b){300}c"})",
                '"' + std::string(300'000, 'a') + '"')
        == "too much");
  // Who does not keep to a rule that is cheap costs no more than that.
  CHECK(verdict(R"({"maxLength": 9, "pattern": "(a|b){300}c"})",
                '"' + std::string(300'000, 'a') + '"')
        == " maxLength");
}

TEST_CASE("references that double the work at each step end too", "[schema]") {
  // 2^40 ways to one value.
  std::string halves = R"({"allOf": [{"$ref": "#/$defs/a0"}], "$defs": {)";
  for (int i = 0; i < 40; ++i) {
    auto next = R"({"$ref": "#/$defs/a)" + std::to_string(i + 1) + "\"}";
    halves += "\"a" + std::to_string(i) + R"(": {"allOf": [)" + next + ", "
              + next + "]}, ";
  }
  CHECK(verdict(halves + R"("a40": {}}})", "1") == "too much");
}

} // namespace byollm
