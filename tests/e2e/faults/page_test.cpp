// SPDX-License-Identifier: Apache-2.0
// Goal: a generated part of a page is compared and replaced as a whole, and
// what stands around it stays. Method: pages of a few lines.
#include "tests/support/generated_part.hpp"

#include <catch2/catch.hpp>

namespace byollm::test {

namespace {

const std::string page = "before\n"
                         "<!-- generated: a -->\n"
                         "\nold\n\n"
                         "<!-- /generated -->\n"
                         "between\n"
                         "<!-- generated: b -->\n"
                         "<!-- /generated -->\n"
                         "after\n";

} // namespace

TEST_CASE("a part of a page is replaced, and nothing else", "[page]") {
  CHECK(with_generated_part(page, "a", "\nnew\n")
        == "before\n"
           "<!-- generated: a -->\n"
           "\nnew\n\n"
           "<!-- /generated -->\n"
           "between\n"
           "<!-- generated: b -->\n"
           "<!-- /generated -->\n"
           "after\n");
  CHECK(with_generated_part(page, "a", "old") == page);
  CHECK(with_generated_part(page, "b", "") == page);
}

TEST_CASE("a page without the part, or with an open one, is told", "[page]") {
  CHECK(with_generated_part(page, "c", "new") == "");
  auto open = page;
  open.erase(open.find("<!-- /generated -->"), 20);
  CHECK(with_generated_part(open, "a", "new") == "");
  CHECK(check_generated_part("no-such-page.md", "a", "new")
          .find("no-such-page.md has no part")
        == 0);
}

} // namespace byollm::test
