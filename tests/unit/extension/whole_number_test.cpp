// SPDX-License-Identifier: Apache-2.0
// Goal: what a model writes for an integer is taken or refused alike, by the
// service, in C++ and in Python. Method: a table that has one test for each
// way; Python's is in tests/python/schema_test.py.
#include "app/extension/arguments.hpp"
#include "app/schema/argument_schema.hpp"
#include "tests/unit/extension/sample.hpp"

#include <catch2/catch.hpp>

#include <rapidjson/istreamwrapper.h>

#include <fstream>

namespace byollm::test {

namespace {

struct integers {
  int64_t one = 0;
  std::vector<int64_t> many;
  std::optional<int64_t> maybe;

  friend void describe(fields<integers>& are) {
    are.optional("one", &integers::one, "");
    are.optional("many", &integers::many, "");
    are.optional("maybe", &integers::maybe, "");
  }
};

constexpr auto same_in_json = R"({"type": "object", "properties": {
  "one": {"type": "integer"},
  "many": {"type": "array", "items": {"type": "integer"}},
  "maybe": {"anyOf": [{"type": "integer"}, {"type": "null"}]}}})";

struct written {
  std::string text;
  /// Nothing: it is no integer.
  std::optional<int64_t> is;
};

std::vector<written> table() {
  std::ifstream file{BYOLLM_WHOLE_NUMBERS};
  rapidjson::IStreamWrapper stream{file};
  rapidjson::Document parsed;
  parsed.ParseStream(stream);
  REQUIRE_FALSE(parsed.HasParseError());
  std::vector<written> rows;
  for (const auto& row : parsed["taken"].GetArray())
    rows.push_back({row[0].GetString(), row[1].GetInt64()});
  for (const auto& text : parsed["refused"].GetArray())
    rows.push_back({text.GetString(), std::nullopt});
  REQUIRE(rows.size() > 10);
  return rows;
}

struct place {
  std::string arguments;
  const char* pointer;
};

std::vector<place> each_place(const std::string& text) {
  return {{R"({"one": )" + text + '}', "/one"},
          {R"({"many": [1, )" + text + "]}", "/many/1"},
          {R"({"maybe": )" + text + '}', "/maybe"}};
}

rapidjson::Document json(const std::string& text) {
  rapidjson::Document made;
  made.Parse<rapidjson::kParseFullPrecisionFlag>(text.c_str());
  REQUIRE_FALSE(made.HasParseError());
  return made;
}

// "ok", or the place of what is wrong.
std::string verdict(const status& is) {
  return is ? "ok" : is.error().parameter;
}

} // namespace

TEST_CASE("the service takes whole numbers as integers, and no others",
          "[integers]") {
  auto schema = argument_schema::compile(json(same_in_json));
  REQUIRE(schema);
  for (const auto& [text, is] : table())
    for (const auto& [arguments, pointer] : each_place(text)) {
      INFO(arguments);
      CHECK(verdict((*schema)->check(json(arguments)))
            == (is ? "ok" : pointer));
    }
}

TEST_CASE("a described struct takes whole numbers as integers, and no others",
          "[integers]") {
  auto kind = argument_kind::compile(shape_of<integers>());
  REQUIRE(kind);
  for (const auto& [text, is] : table())
    for (const auto& [arguments, pointer] : each_place(text)) {
      INFO(arguments);
      auto given = (*kind)->read(arguments);
      REQUIRE(given.has_value() == is.has_value());
      if (!given) {
        CHECK(given.error().parameter == pointer);
        continue;
      }
      auto got = *std::static_pointer_cast<integers>(*given);
      CHECK((got.one == *is || got.maybe == is
             || got.many == std::vector<int64_t>{1, *is}));
    }
}

TEST_CASE("bounds hold whole numbers however either is written", "[integers]") {
  auto wrong = [](const char* rules, const char* arguments) {
    auto schema = argument_schema::compile(json(rules));
    REQUIRE(schema);
    return !(*schema)->check(json(arguments));
  };
  for (auto rules : {R"({"properties": {"x": {"maximum": 5}}})",
                     R"({"properties": {"x": {"maximum": 5.0}}})",
                     R"({"properties": {"x": {"enum": [5]}}})",
                     R"({"properties": {"x": {"const": 5.0}}})",
                     R"({"properties": {"x": {"multipleOf": 5.0}}})"}) {
    INFO(rules);
    CHECK_FALSE(wrong(rules, R"({"x": 5})"));
    CHECK_FALSE(wrong(rules, R"({"x": 5.0})"));
    CHECK(wrong(rules, R"({"x": 6.0})"));
    CHECK(wrong(rules, R"({"x": 6})"));
  }
  constexpr auto short_text = R"({"properties": {"x": {"maxLength": 2.0}}})";
  CHECK_FALSE(wrong(short_text, R"({"x": "ab"})"));
  CHECK(wrong(short_text, R"({"x": "abc"})"));
}

} // namespace byollm::test
