// SPDX-License-Identifier: Apache-2.0
// Goal: a struct that says what its members are has exactly one JSON Schema,
// and JSON of its values. Method: structs with a bit of everything, against the
// schema's text; descriptions that are none.
#include "app/extension/schema_text.hpp"
#include "tests/unit/extension/sample.hpp"

#include <catch2/catch.hpp>

#include <limits>

namespace byollm::test {

namespace {

template <class T>
std::string schema_of() {
  auto made = schema_text(*shape_of<T>());
  if (!made)
    FAIL(made.error().detail);
  return *made;
}

template <class T>
errc wrong() {
  auto made = schema_text(*shape_of<T>());
  if (made)
    return errc::none;
  CHECK(made.error().parameter == "parameters");
  return made.error().code;
}

template <class T>
std::string json_of(const T& value) {
  auto made = to_json(value);
  return made ? *made : "no JSON: " + made.error().parameter;
}

struct two_of_a_name {
  int a = 0;

  friend void describe(fields<two_of_a_name>& are) {
    are.required("a", &two_of_a_name::a, "");
    are.required("a", &two_of_a_name::a, "");
  }
};

struct no_name {
  int a = 0;

  friend void describe(fields<no_name>& are) {
    are.required("a b", &no_name::a, "");
  }
};

struct no_bound {
  int a = 0;

  friend void describe(fields<no_bound>& are) {
    are.required("a", &no_bound::a, "",
                 {.maximum = std::numeric_limits<double>::infinity()});
  }
};

struct no_default {
  double a = std::numeric_limits<double>::quiet_NaN();

  friend void describe(fields<no_default>& are) {
    are.optional("a", &no_default::a, "");
  }
};

struct twice_the_same {
  point first;
  point second;

  friend void describe(fields<twice_the_same>& are) {
    are.required("first", &twice_the_same::first, "");
    are.required("second", &twice_the_same::second, "");
  }
};

} // namespace

TEST_CASE("the seed's parameters have the seed's schema", "[described]") {
  CHECK(schema_of<summarize_params>()
        == R"({"type":"object","properties":{)"
           R"("text":{"type":"string",)"
           R"("description":"The content to summarize."},)"
           R"("max_words":{"type":"integer",)"
           R"("description":"Target summary length.","default":80}},)"
           R"("additionalProperties":false,"required":["text"]})");
}

TEST_CASE("each type has its schema, bounds and default", "[described]") {
  CHECK(schema_of<sample>()
        == R"({"type":"object","properties":{)"
           R"("x":{"type":"integer","description":"A base's member."},)"
           R"("flag":{"type":"boolean","default":true},)"
           R"("small":{"type":"integer","minimum":0,"maximum":100,)"
           R"("default":7},)"
           R"("large":{"type":"integer","minimum":0,"default":0},)"
           R"("name":{"type":"string","minLength":1,"maxLength":4,)"
           R"("default":"n"},)"
           R"("note":{"anyOf":[{"type":"string"},{"type":"null"}],)"
           R"("description":"May be null."},)"
           R"("level":{"anyOf":[{"type":"integer","minimum":1},)"
           R"({"type":"null"}],"default":3},)"
           R"("tags":{"type":"array","items":{"type":"string"},)"
           R"("maxItems":2,"default":["a"]},)"
           R"("path":{"type":"array","items":{"type":"object",)"
           R"("properties":{"x":{"type":"integer"},)"
           R"("y":{"type":"number","minimum":-1.5,"maximum":2,)"
           R"("default":0.5}},"additionalProperties":false,)"
           R"("required":["x"]},"default":[]},)"
           R"("from":{"type":"object",)"
           R"("properties":{"x":{"type":"integer"},)"
           R"("y":{"type":"number","minimum":-1.5,"maximum":2,)"
           R"("default":0.5}},"additionalProperties":false,)"
           R"("required":["x"],"default":{"x":0,"y":0.5}}},)"
           R"("additionalProperties":false,"required":["x"]})");
}

TEST_CASE("a description that is none is refused", "[described]") {
  CHECK(wrong<two_of_a_name>() == errc::invalid_request);
  CHECK(wrong<no_name>() == errc::invalid_request);
  CHECK(wrong<no_bound>() == errc::invalid_request);
  CHECK(wrong<no_default>() == errc::invalid_request);
  CHECK(wrong<tree>() == errc::invalid_request);
  // Not a circle, only the same twice.
  CHECK(wrong<twice_the_same>() == errc::none);
}

TEST_CASE("values have JSON, or the place of what has none", "[described]") {
  sample value;
  value.x = std::numeric_limits<int64_t>::min();
  value.large = std::numeric_limits<uint64_t>::max();
  value.name = "\"\n";
  value.path = {{1, 2}, {-3, 0.25}};
  CHECK(json_of(value)
        == R"({"x":-9223372036854775808,"flag":true,"small":7,)"
           R"("large":18446744073709551615,"name":"\"\n","note":null,)"
           R"("level":3,"tags":["a"],)"
           R"("path":[{"x":1,"y":2},{"x":-3,"y":0.25}],)"
           R"("from":{"x":0,"y":0.5}})");
  value.path[1].y = std::numeric_limits<double>::infinity();
  CHECK(json_of(value) == "no JSON: /path/1/y");
  value.path.clear();
  value.tags = {"good", "\xff"};
  CHECK(json_of(value) == "no JSON: /tags/1");
  CHECK(json_of(std::vector<int>{1, 2}) == "[1,2]");
  CHECK(json_of(std::optional<int>{}) == "null");
  tree grown;
  CHECK(json_of(grown) == R"({"left":[],"right":[]})");
  grown.right.emplace_back();
  CHECK(json_of(grown) == "no JSON: /right/0");
}

} // namespace byollm::test
