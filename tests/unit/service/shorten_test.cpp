// SPDX-License-Identifier: Apache-2.0
// Goal: of a long text that a person is to read, what matters is left, in whole
// characters. Method: texts around the bound, of characters of each length.
#include "app/service/shorten.hpp"

#include <catch2/catch.hpp>

namespace byollm::service {

TEST_CASE("a beginning ends between characters", "[shorten]") {
  CHECK(beginning_of("abc", 3) == "abc");
  CHECK(beginning_of("abc", 2) == "ab");
  CHECK(beginning_of("a\xe2\x82\xac", 3) == "a");
  CHECK(beginning_of("\xe2\x82\xac", 2).empty());
}

TEST_CASE("of a long text both ends are left, and more of the last",
          "[shorten]") {
  std::string text = "Traceback, the first line" + std::string(2'000, '.')
                     + "KeyError: 'shelf'";
  CHECK(ends_of(text, text.size()) == text);
  auto cut = ends_of(text, 1'024);
  CHECK(cut.size() == 1'024);
  CHECK(cut.starts_with("Traceback, the first line"));
  CHECK(cut.ends_with("KeyError: 'shelf'"));
  auto mark = cut.find("\n[...]\n");
  REQUIRE(mark != std::string::npos);
  CHECK(mark < 1'024 / 3);
}

TEST_CASE("both ends are of whole characters", "[shorten]") {
  std::string euros;
  for (int i = 0; i < 100; ++i)
    euros += "\xe2\x82\xac";
  for (size_t most = 0; most < euros.size(); ++most) {
    CAPTURE(most);
    auto cut = ends_of(euros, most);
    CHECK(cut.size() <= most);
    auto mark = cut.find("\n[...]\n");
    auto around = mark == std::string::npos ? cut.size() : cut.size() - 7;
    CHECK(around % 3 == 0);
    if (mark != std::string::npos)
      CHECK(mark % 3 == 0);
  }
}

} // namespace byollm::service
