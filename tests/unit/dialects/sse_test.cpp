// SPDX-License-Identifier: Apache-2.0
// Goal: event streams are split as the WHATWG standard says, however the bytes
// are cut. Method: tables of texts, and random texts cut at random against a
// reference that sees the whole text at once.
#include "providers/stream/sse.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <random>
#include <vector>

using namespace byollm;

namespace {

struct event {
  std::string name;
  std::string data;

  bool operator==(const event&) const = default;
};

std::ostream& operator<<(std::ostream& out, const event& what) {
  return out << '{' << what.name << '|' << what.data << '}';
}

using events = std::vector<event>;

split_step drain(sse_splitter& splitter, std::string_view bytes, events& out) {
  // A copy of its own: what is read of it after it is gone, ASan sees.
  std::vector<char> came(bytes.begin(), bytes.end());
  splitter.push({came.data(), came.size()});
  sse_event piece;
  split_step step;
  while ((step = splitter.next(piece)) == split_step::piece)
    out.push_back({std::string{piece.name}, std::string{piece.data}});
  return step;
}

events split(std::string_view text) {
  sse_splitter splitter;
  events result;
  CHECK(drain(splitter, text, result) == split_step::more);
  return result;
}

/// The standard's words, on the whole text: mark off, lines, then fields.
events reference(std::string text) {
  if (text.starts_with("\xEF\xBB\xBF"))
    text.erase(0, 3);
  std::vector<std::string> lines;
  std::string line;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\r' && text[i] != '\n') {
      line += text[i];
      continue;
    }
    if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n')
      ++i;
    lines.push_back(std::exchange(line, {}));
  }
  events result;
  std::string name, data;
  for (auto& each : lines) {
    if (each.empty()) {
      if (!data.empty()) {
        data.pop_back();
        result.push_back({name, data});
      }
      name.clear();
      data.clear();
      continue;
    }
    auto colon = each.find(':');
    auto field = each.substr(0, colon);
    auto value = colon == std::string::npos ? "" : each.substr(colon + 1);
    if (value.starts_with(' '))
      value.erase(0, 1);
    if (field == "event")
      name = value;
    else if (field == "data")
      data += value + '\n';
  }
  return result;
}

size_t rounds() {
  auto* wanted = std::getenv("BYOLLM_LONG");
  return wanted && *wanted == '1' ? 100'000 : 2'000;
}

} // namespace

TEST_CASE("events are split as the standard says", "[sse]") {
  struct row {
    const char* text;
    events expected;
  };
  const row table[] = {
    {"", {}},
    {"data: a\n\n", {{"", "a"}}},
    {"data:a\r\r", {{"", "a"}}},
    {"data:  a\r\n\r\n", {{"", " a"}}},
    {"data: a\ndata: b\n\n", {{"", "a\nb"}}},
    {"data\n\n", {{"", ""}}},
    {"data\ndata\n\n", {{"", "\n"}}},
    {"event: x\ndata: a\n\n", {{"x", "a"}}},
    {"event: x\n\ndata: a\n\n", {{"", "a"}}},
    {": comment\n\n:\n\ndata: a\n\n", {{"", "a"}}},
    {"id: 1\nretry: 5\nother: x\ndata: a\n\n", {{"", "a"}}},
    {"\xEF\xBB\xBF"
     "data: a\n\n",
     {{"", "a"}}},
    {"\xEF\xBB"
     "data: a\n\n",
     {}},
    {"data: \xEF\xBB\xBF\n\n", {{"", "\xEF\xBB\xBF"}}},
    {"data: a\n", {}},
    {"data: a", {}},
    {"data: a: b\n\n", {{"", "a: b"}}},
    {"Data: a\n\n", {}},
    {"\n\n\ndata: a\n\n\n\n", {{"", "a"}}},
  };
  for (auto& [text, expected] : table) {
    CAPTURE(text);
    CHECK(split(text) == expected);
    CHECK(reference(text) == expected);
  }
}

TEST_CASE("the splitter agrees with the reference over random cuts", "[sse]") {
  constexpr std::string_view tokens[]
    = {"data", "event",  "id",           ":",        ": ",
       " ",    "\r",     "\n",           "\r\n",     "\n\n",
       "x",    "[DONE]", "{\"a\":1}",    "\xC3\xBC", "\xEF",
       "\xBB", "\xBF",   "\xEF\xBB\xBF", ":c",       std::string_view{"\0", 1}};
  std::mt19937 random{20'251'123};
  auto below = [&](size_t bound) {
    return std::uniform_int_distribution<size_t>{0, bound - 1}(random);
  };
  for (size_t round = 0; round < rounds(); ++round) {
    std::string text;
    for (size_t n = below(40); n > 0; --n)
      text += tokens[below(std::size(tokens))];
    sse_splitter splitter;
    events got;
    for (std::string_view rest = text; !rest.empty();) {
      auto size = 1 + below(rest.size());
      drain(splitter, rest.substr(0, size), got);
      rest.remove_prefix(size);
    }
    CAPTURE(round, text);
    REQUIRE(got == reference(text));
  }
}

TEST_CASE("a line may be as long as its limit and no longer", "[sse]") {
  for (size_t over : {0, 1}) {
    for (bool whole : {true, false}) {
      sse_splitter splitter{64, 1'000};
      std::string text = "data: " + std::string(58 + over, 'x') + "\n\n";
      events got;
      auto step = split_step::more;
      if (whole)
        step = drain(splitter, text, got);
      else
        for (auto& c : text)
          step = drain(splitter, {&c, 1}, got);
      CAPTURE(over, whole);
      CHECK(step == (over ? split_step::too_large : split_step::more));
      CHECK(got.size() == (over ? 0 : 1));
    }
  }
}

TEST_CASE("data lines without an end stop at the event's limit", "[sse]") {
  sse_splitter splitter{64, 1'000};
  events got;
  size_t lines = 0;
  while (drain(splitter, "data: 123456789\n", got) == split_step::more)
    REQUIRE(++lines < 200);
  CHECK(lines == 100);
  CHECK(got.empty());
  CHECK(drain(splitter, "\n\n", got) == split_step::too_large);
}
