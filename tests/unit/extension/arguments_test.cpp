// SPDX-License-Identifier: Apache-2.0
// Goal: arguments become a struct, or the place of what is wrong is told; in
// between there is nothing. Method: a table of texts and places, and the bounds
// from both sides.
#include "app/extension/arguments.hpp"
#include "messages/limits.hpp"
#include "tests/unit/extension/sample.hpp"

#include <catch2/catch.hpp>

namespace byollm::test {

namespace {

template <class T>
const argument_kind& kind_of() {
  static const auto made = argument_kind::compile(shape_of<T>());
  if (!made)
    FAIL(made.error().detail);
  return **made;
}

// The place of what is wrong; "ok" if nothing is.
template <class T>
std::string wrong(std::string_view text) {
  auto given = kind_of<T>().read(text);
  if (given)
    return "ok";
  CHECK(given.error().code == errc::validation_rejected);
  CHECK_FALSE(given.error().detail.empty());
  return given.error().parameter;
}

template <class T>
T read(std::string_view text) {
  auto given = kind_of<T>().read(text);
  if (!given)
    FAIL(given.error().detail << " at " << given.error().parameter);
  return *std::static_pointer_cast<T>(*given);
}

errc code(std::string_view text) {
  auto given = kind_of<sample>().read(text);
  return given ? errc::none : given.error().code;
}

} // namespace

TEST_CASE("what fits is in the struct", "[arguments]") {
  auto got = read<sample>(R"({"x": -5, "flag": false, "small": 100,
    "large": 18446744073709551615, "name": "\u00e9\u4e2d", "note": "yes",
    "level": null, "tags": [], "path": [{"x": 1, "y": 2}, {"x": 2}],
    "from": {"x": 9}})");
  CHECK(got.x == -5);
  CHECK_FALSE(got.flag);
  CHECK(got.small == 100);
  CHECK(got.large == UINT64_MAX);
  CHECK(got.name == "\xc3\xa9\xe4\xb8\xad");
  CHECK(got.note == "yes");
  CHECK_FALSE(got.level);
  CHECK(got.tags.empty());
  REQUIRE(got.path.size() == 2);
  CHECK(got.path[0].y == 2);
  CHECK(got.path[1].y == 0.5);
  CHECK(got.from.x == 9);
}

TEST_CASE("what is not given has its initial value", "[arguments]") {
  auto got = read<sample>(R"({"x": 1})");
  CHECK(got.flag);
  CHECK(got.small == 7);
  CHECK(got.name == "n");
  CHECK_FALSE(got.note);
  CHECK(got.level == 3);
  CHECK(got.tags == std::vector<std::string>{"a"});
  CHECK(read<summarize_params>(R"({"text": "x"})").max_words == 80);
}

TEST_CASE("a whole number may be written as 5.0", "[arguments]") {
  CHECK(read<summarize_params>(R"({"text": "x", "max_words": 5.0})").max_words
        == 5);
  CHECK(read<point>(R"({"x": 1e3, "y": 1})").x == 1000);
  CHECK(wrong<summarize_params>(R"({"text": "x", "max_words": 5.5})")
        == "/max_words");
}

TEST_CASE("what does not fit is pointed at", "[arguments]") {
  CHECK(wrong<sample>("{}") == "/x");
  CHECK(wrong<sample>(R"({"x": "1"})") == "/x");
  CHECK(wrong<sample>(R"({"x": true})") == "/x");
  CHECK(wrong<sample>(R"({"x": 1, "more": 1})") == "/more");
  CHECK(wrong<sample>(R"({"x": 1, "flag": 1})") == "/flag");
  CHECK(wrong<sample>(R"({"x": 1, "flag": null})") == "/flag");
  CHECK(wrong<sample>(R"({"x": 1, "small": -1})") == "/small");
  CHECK(wrong<sample>(R"({"x": 1, "small": 101})") == "/small");
  CHECK(wrong<sample>(R"({"x": 1, "large": -1})") == "/large");
  CHECK(wrong<sample>(R"({"x": 1, "name": ""})") == "/name");
  CHECK(wrong<sample>(R"({"x": 1, "name": "12345"})") == "/name");
  CHECK(wrong<sample>(R"({"x": 1, "note": 5})") == "/note");
  CHECK(wrong<sample>(R"({"x": 1, "level": 0})") == "/level");
  CHECK(wrong<sample>(R"({"x": 1, "tags": "a"})") == "/tags");
  CHECK(wrong<sample>(R"({"x": 1, "tags": ["a", "b", "c"]})") == "/tags");
  CHECK(wrong<sample>(R"({"x": 1, "tags": ["a", 2]})") == "/tags/1");
  CHECK(wrong<sample>(R"({"x": 1, "path": [{"x": 1}, {"y": 1}]})")
        == "/path/1/x");
  CHECK(wrong<sample>(R"({"x": 1, "path": [{"x": 1, "y": 3}]})")
        == "/path/0/y");
  CHECK(wrong<sample>(R"({"x": 1, "from": {"x": 1, "z": 0}})") == "/from/z");
}

TEST_CASE("what the schema takes and the type does not is pointed at",
          "[arguments]") {
  CHECK(wrong<summarize_params>(R"({"text": "x", "max_words": 2147483647})")
        == "ok");
  CHECK(wrong<summarize_params>(R"({"text": "x", "max_words": 2147483648})")
        == "/max_words");
  CHECK(wrong<summarize_params>(R"({"text": "x", "max_words": -2147483649})")
        == "/max_words");
  CHECK(wrong<sample>(R"({"x": 9223372036854775808})") == "/x");
  CHECK(wrong<sample>(R"({"x": 1, "path": [{"x": 1e300}]})") == "/path/0/x");
}

TEST_CASE("what is no JSON object is refused as a whole", "[arguments]") {
  for (auto text : {"", "{", "[]", "5", "{\"x\": 1} {}", "{\"x\": NaN}",
                    "{\"x\": 1,}", "{\"x\": \"\xff\"}",
                    "{\"x\": 1, \"name\": \"\\ud800\"}", "{\"x\": 1e999}"}) {
    INFO(text);
    CHECK(wrong<sample>(text) == "");
  }
}

TEST_CASE("arguments have a bound, and so has their depth", "[arguments]") {
  std::string most = R"({"x": 1})";
  most.resize(limits::stream_event_bytes_max, ' ');
  CHECK(code(most) == errc::none);
  CHECK(code(most + ' ') == errc::limit_exceeded);
  auto deep = [](size_t depth) {
    return R"({"x": )" + std::string(depth, '[') + std::string(depth, ']')
           + '}';
  };
  CHECK(code(deep(limits::json_depth_max - 1)) == errc::validation_rejected);
  CHECK(code(deep(limits::json_depth_max)) == errc::limit_exceeded);
}

TEST_CASE("a schema has a bound", "[arguments]") {
  struct wordy {
    int a = 0;
  };
  object_shape like;
  like.make
    = []() -> std::shared_ptr<void> { return std::make_shared<wordy>(); };
  like.members.push_back(
    {"a", std::string(70'000, 'x'), true, shape_of<int>(),
     [](void* at) -> void* { return &static_cast<wordy*>(at)->a; }});
  auto made = argument_kind::compile(
    std::make_shared<const shape>(shape{std::move(like)}));
  REQUIRE_FALSE(made);
  CHECK(made.error().code == errc::limit_exceeded);
  CHECK_FALSE(argument_kind::compile(shape_of<int>()));
}

} // namespace byollm::test
