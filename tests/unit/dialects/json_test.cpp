// SPDX-License-Identifier: Apache-2.0
// Goal: the reader takes hostile JSON without harm, and the writer writes
// nothing that is not JSON. Method: tables of texts; what the writer wrote is
// read again.
#include "messages/limits.hpp"
#include "providers/json/document.hpp"
#include "providers/json/text.hpp"
#include "providers/json/writer.hpp"

#include <catch2/catch.hpp>

#include <limits>

using namespace byollm;
using json::verdict;

namespace {

std::string nested(size_t depth, const char* open, const char* close) {
  std::string result;
  for (size_t i = 0; i < depth; ++i)
    result += open;
  for (size_t i = 0; i < depth; ++i)
    result += close;
  return result;
}

std::string string_read(std::string_view text) {
  json::document doc;
  std::string source{text};
  if (doc.parse(source) != verdict::good)
    return "not JSON";
  return std::string{json::text_of(json::find(doc.root(), "s"))};
}

} // namespace

TEST_CASE("JSON is read to depth 64 and no deeper", "[json]") {
  json::document doc;
  for (auto [open, close] : {std::pair{"[", "]"}, {"{\"a\":", "}"}}) {
    bool object = *open == '{';
    auto core = object ? std::string{"1"} : std::string{};
    auto text = [&](size_t depth) {
      auto result = nested(depth, open, close);
      result.insert(result.size() / (object ? 6 : 2) * (object ? 5 : 1), core);
      return result;
    };
    CAPTURE(text(2));
    CHECK(doc.parse(text(64)) == verdict::good);
    CHECK(json::check(text(64), object) == verdict::good);
    CHECK(doc.parse(text(65)) == verdict::too_large);
    CHECK(json::check(text(65), object) == verdict::too_large);
    CHECK(doc.parse(text(200'000)) == verdict::too_large);
    CHECK(json::check(text(200'000), false) == verdict::too_large);
    CHECK(doc.parse(nested(200'000, open, "")) == verdict::too_large);
  }
}

TEST_CASE("the depth of an object that stays text counts too", "[json]") {
  json::document doc{{"raw"}};
  auto text = [](size_t depth) {
    return "{\"raw\":{\"x\":" + nested(depth - 2, "[", "]") + "}}";
  };
  CHECK(doc.parse(text(64)) == verdict::good);
  CHECK(doc.parse(text(65)) == verdict::too_large);
}

TEST_CASE("arrays under one key stay text, whatever they hold", "[json]") {
  json::document doc{{"v", json::raw_member::kind::arrays}};
  std::string many = "[1";
  for (size_t i = 0; i < json::document_values_max; ++i)
    many += ",1";
  many += ']';
  auto text = R"({"v":)" + many + R"(,"w":[2],"x":{"v":[[ 3.5],{"v":[4]}]},)"
              + R"("y":{"v":"[5]"},"z":[{"v":[]},[6]]})";
  REQUIRE(doc.parse(text) == json::verdict::good);
  auto& root = doc.root();
  CHECK(json::text_of(json::find(root, "v")) == many);
  CHECK(json::find(root, "w")->is_array());
  CHECK(json::text_of(json::find(json::find(root, "x"), "v"))
        == R"([[ 3.5],{"v":[4]}])");
  CHECK(json::text_of(json::find(json::find(root, "y"), "v")) == "[5]");
  CHECK(json::find(root, "z")->is_array());
  // An object under that key is none of them.
  REQUIRE(doc.parse(R"({"v":{"v":[7]}})") == json::verdict::good);
  CHECK(json::text_of(json::find(json::find(doc.root(), "v"), "v")) == "[7]");
}

TEST_CASE("a document of very many values is refused", "[json]") {
  json::document doc;
  auto text = [](size_t values) {
    std::string result = "[0";
    for (size_t i = 2; i < values; ++i)
      result += ",0";
    return result + ']';
  };
  CHECK(doc.parse(text(json::document_values_max)) == verdict::good);
  CHECK(doc.parse(text(json::document_values_max + 1)) == verdict::too_large);
}

TEST_CASE("what is not JSON is refused", "[json]") {
  using namespace std::string_view_literals;
  const std::string_view table[] = {""sv,
                                    " "sv,
                                    "{"sv,
                                    "{}}"sv,
                                    "{} {}"sv,
                                    "{\"a\":01}"sv,
                                    "{\"a\":1.}"sv,
                                    "{\"a\":NaN}"sv,
                                    "{\"a\":Infinity}"sv,
                                    "{\"a\":+1}"sv,
                                    "{a:1}"sv,
                                    "{'a':1}"sv,
                                    "{\"a\":1,}"sv,
                                    "[1,]"sv,
                                    "// c\n{}"sv,
                                    "{}\0x"sv,
                                    "{}\0"sv,
                                    "\0{}"sv,
                                    "{\"a\0\":1}"sv,
                                    "{\"a\":\"\n\"}"sv,
                                    "{\"a\":\"\\x\"}"sv,
                                    "{\"a\":\"\\u12\"}"sv,
                                    "\xFF\xFE{\0}\0"sv,
                                    "\0{\0}"sv,
                                    "nul"sv,
                                    "{\"a\":\"b}"sv,
                                    "<html></html>"sv};
  json::document doc;
  for (auto text : table) {
    CAPTURE(text);
    CHECK(doc.parse(text) == verdict::malformed);
    CHECK(json::check(text, false) == verdict::malformed);
  }
}

TEST_CASE("only whole counts up to 2^53 are counts", "[json]") {
  struct row {
    const char* number;
    std::optional<uint64_t> expected;
  };
  const row table[] = {{"0", 0},
                       {"12", 12},
                       {"9007199254740992", 9007199254740992},
                       {"9007199254740993", {}},
                       {"9223372036854775808", {}},
                       {"18446744073709551616", {}},
                       {"123456789012345678901234567890", {}},
                       {"-0", {}},
                       {"-5", {}},
                       {"1.5", {}},
                       {"1e2", {}},
                       {"1e308", {}},
                       {"0.00000000000000001e-2147483647", {}},
                       {"1e-99999999999", {}},
                       {"\"12\"", {}},
                       {"null", {}},
                       {"true", {}},
                       {"[12]", {}},
                       {"{}", {}}};
  for (auto& [number, expected] : table) {
    json::document doc;
    auto text = std::string{"{\"n\":"} + number + '}';
    CAPTURE(text);
    REQUIRE(doc.parse(text) == verdict::good);
    CHECK(json::count_of(json::find(doc.root(), "n")) == expected);
  }
  // These are refused as a whole, which is as good.
  json::document doc;
  CHECK(doc.parse("{\"n\":1e999}") == verdict::malformed);
  CHECK(doc.parse("{\"n\":" + std::string(100'000, '9') + "}")
        == verdict::malformed);
}

TEST_CASE("broken text becomes U+FFFD, whole text stays", "[json]") {
  struct row {
    std::string_view json;
    std::string_view expected;
  };
  using namespace std::string_view_literals;
  const row table[] = {
    {R"({"s":"\ud83d\ude00"})", "\U0001F600"},
    {R"({"s":"\uD83D\uDE00"})", "\U0001F600"},
    {R"({"s":"a\ud83d"})", "a\uFFFD"},
    {R"({"s":"\ude00a"})", "\uFFFDa"},
    {R"({"s":"\ud83d\ud83d\ude00"})", "\uFFFD\U0001F600"},
    {R"({"s":"\ud83dx\ude00"})", "\uFFFDx\uFFFD"},
    {R"({"s":"\ud83d\n"})", "\uFFFD\n"},
    {R"({"s":"\\ud83d"})", "\\ud83d"},
    {R"({"s":"\\\ud83d"})", "\\\uFFFD"},
    {"{\"s\":\"\xC3\xBC\"}", "\u00FC"},
    {"{\"s\":\"\xC3\"}", "\uFFFD"},
    {"{\"s\":\"\xC0\x80\"}", "\uFFFD\uFFFD"},
    {"{\"s\":\"\xED\xA0\x80\"}", "\uFFFD\uFFFD\uFFFD"},
    {"{\"s\":\"\xF4\x90\x80\x80\"}", "\uFFFD\uFFFD\uFFFD\uFFFD"},
    {"{\"s\":\"a\xFFz\\ud800\"}", "a\uFFFDz\uFFFD"},
    {R"({"s":"a\u0000b"})", "a\0b"sv},
  };
  for (auto& [text, expected] : table) {
    CAPTURE(text);
    CHECK(string_read(text) == expected);
  }
}

TEST_CASE("a check takes nothing but whole UTF-8", "[json]") {
  CHECK(json::check("{\"s\":\"\xC3\xBC\"}", true) == verdict::good);
  for (auto text : {"{\"s\":\"\xC3\"}", "{\"s\":\"\xE2", "{\"s\":\"\xF0\x9F"})
    CHECK(json::check(text, false) == verdict::malformed);
}

TEST_CASE("an object that stays text keeps its every byte", "[json]") {
  json::document doc{{"input"}};
  std::string text
    = R"({"x":{"input": {"n": 1.50, "s":"\u00e4 \"}", "o":{"input":[{}]}} },
    "input":"text","y":[{"input":{}}]})";
  REQUIRE(doc.parse(text) == verdict::good);
  CHECK(json::text_of(json::find(json::find(doc.root(), "x"), "input"))
        == R"({"n": 1.50, "s":"\u00e4 \"}", "o":{"input":[{}]}})");
  CHECK(json::text_of(json::find(doc.root(), "input")) == "text");
  auto* list = json::find(doc.root(), "y");
  REQUIRE(list);
  CHECK(json::text_of(json::find(*json::elements(list).begin(), "input"))
        == "{}");
}

TEST_CASE("a wrong type is not there", "[json]") {
  json::document doc;
  REQUIRE(doc.parse(R"({"a":5,"b":[1],"c":null})") == verdict::good);
  auto& root = doc.root();
  CHECK(json::find(json::find(root, "a"), "x") == nullptr);
  CHECK(json::find(json::find(root, "b"), "x") == nullptr);
  CHECK(json::text_of(json::find(root, "a")).empty());
  CHECK_FALSE(json::is_given(json::find(root, "c")));
  CHECK_FALSE(json::is_given(json::find(root, "d")));
  size_t seen = 0;
  for ([[maybe_unused]] auto& each : json::elements(json::find(root, "a")))
    ++seen;
  CHECK(seen == 0);
}

TEST_CASE("what the writer wrote reads back", "[json]") {
  std::string every;
  for (int c = 0; c < 128; ++c)
    every += static_cast<char>(c);
  every += "\u00FC\u4E16\U0001F600";
  std::string out;
  json::writer to{out};
  to.begin_object().member("s", every).member("t", true).key("n");
  to.begin_array().number(int64_t{-7}).number(0.1).number(1e300);
  to.number(std::numeric_limits<double>::infinity()).null();
  to.begin_object().end_object().begin_array().end_array().checked("[1, 2]");
  to.end_array().end_object();
  CHECK(string_read(out) == every);
  CHECK(
    out.ends_with(R"("t":true,"n":[-7,0.1,1e+300,null,null,{},[],[1, 2]]})"));
}

TEST_CASE("a byte is escaped wherever it stands", "[json]") {
  for (int code = 0; code < 0x80; ++code)
    for (size_t at = 0; at < 24; ++at) {
      std::string text(24, 'x');
      text[at] = static_cast<char>(code);
      std::string out;
      json::writer{out}.string(text);
      INFO(out);
      auto must = code < 0x20 || code == '"' || code == '\\';
      CHECK((out.find('\\') == at + 1) == must);
      json::document back;
      REQUIRE(back.parse(out) == json::verdict::good);
      CHECK(json::text_of(&back.root()) == text);
    }
}

TEST_CASE("the writer makes broken strings whole", "[json]") {
  std::string out;
  json::writer{out}
    .begin_object()
    .member("s", "a\xFF\xED\xA0\x80z")
    .end_object();
  CHECK(string_read(out) == "a\uFFFD\uFFFD\uFFFD\uFFFDz");
}
