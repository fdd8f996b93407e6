// SPDX-License-Identifier: Apache-2.0
// Goal: lines of JSON are split however the bytes are cut, within their limit.
// Method: one text cut at every byte, and lines around the limit.
#include "providers/stream/ndjson.hpp"

#include <catch2/catch.hpp>

#include <vector>

using namespace byollm;

namespace {

using lines = std::vector<std::string>;

split_step drain(ndjson_splitter& splitter, std::string_view bytes,
                 lines& out) {
  splitter.push(bytes);
  std::string_view line;
  split_step step;
  while ((step = splitter.next(line)) == split_step::piece)
    out.emplace_back(line);
  return step;
}

} // namespace

TEST_CASE("lines come out alike at every cut", "[ndjson]") {
  const std::string text
    = "{\"a\":1}\r\n\n \r\n{\"b\":\"\xC3\xBC\"}\n{}\n{\"half";
  const lines expected = {"{\"a\":1}\r", "{\"b\":\"\xC3\xBC\"}", "{}"};
  for (size_t cut = 0; cut <= text.size(); ++cut) {
    ndjson_splitter splitter;
    lines got;
    drain(splitter, std::string_view{text}.substr(0, cut), got);
    drain(splitter, std::string_view{text}.substr(cut), got);
    CAPTURE(cut);
    CHECK(got == expected);
    CHECK(splitter.remainder() == "{\"half");
  }
}

TEST_CASE("nothing remains after a line that was joined", "[ndjson]") {
  ndjson_splitter splitter;
  lines got;
  drain(splitter, "{\"a\"", got);
  drain(splitter, ":1}\n", got);
  CHECK(got == lines{"{\"a\":1}"});
  CHECK(splitter.remainder().empty());
}

TEST_CASE("a line of JSON may be as long as its limit and no longer",
          "[ndjson]") {
  for (size_t over : {0, 1}) {
    ndjson_splitter splitter{64};
    lines got;
    drain(splitter, std::string(60, 'x'), got);
    auto step = drain(splitter, std::string(4 + over, 'x') + "\n", got);
    CHECK(step == (over ? split_step::too_large : split_step::more));
    CHECK(got.size() == (over ? 0 : 1));
  }
}
