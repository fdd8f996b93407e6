// SPDX-License-Identifier: Apache-2.0
// Goal: the pages are whole, and a browser runs nothing but their own files.
// Method: every file that is compiled in, and what is answered with it.
#include "app/pages/embedded.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <regex>

namespace byollm::pages {

namespace {

std::string header(const http::answer& from, std::string_view name) {
  auto found = std::ranges::find(from.headers, name,
                                 [](const auto& x) { return x.first; });
  return found == from.headers.end() ? "" : found->second;
}

std::vector<std::string> names_in(std::string_view text, const char* pattern) {
  std::regex what{pattern};
  std::vector<std::string> out;
  for (std::cregex_iterator it{text.begin(), text.end(), what}, end; it != end;
       ++it)
    out.push_back((*it)[1]);
  return out;
}

} // namespace

TEST_CASE("every file is answered with the strict policy", "[pages]") {
  CHECK(embedded_files().size() >= 20);
  for (const auto& file : embedded_files()) {
    INFO(file.name);
    auto shown = show_file(file.name);
    REQUIRE(shown);
    CHECK(shown->status == 200);
    CHECK(!shown->body.empty());
    CHECK(shown->content_type != "application/octet-stream");
    CHECK(header(*shown, "Content-Security-Policy")
          == "default-src 'none'; script-src 'self'; style-src 'self'; "
             "img-src 'self' data:; connect-src 'self'; form-action 'self'; "
             "base-uri 'none'; frame-ancestors 'none'");
    CHECK(header(*shown, "Referrer-Policy") == "no-referrer");
  }
}

TEST_CASE("there is no other file", "[pages]") {
  for (auto name : {"", "..", "page_files.cpp", "settings.HTML", "settings"})
    CHECK(!show_file(name));
}

TEST_CASE("what a page needs is there", "[pages]") {
  for (const auto& file : embedded_files()) {
    INFO(file.name);
    for (const auto& name :
         names_in(file.bytes, R"re(["']/pages/([^"']+)["'])re"))
      CHECK(show_file(name));
    for (const auto& name : names_in(file.bytes, R"re(from '\./([^']+)')re"))
      CHECK(show_file(name));
  }
}

TEST_CASE("no page has a script or a style inside", "[pages]") {
  for (const auto& file : embedded_files()) {
    if (!file.name.ends_with(".html"))
      continue;
    INFO(file.name);
    CHECK(names_in(file.bytes, R"re((<style|style=|javascript:|https?://))re")
            .empty());
    CHECK(names_in(file.bytes, R"re((\son[a-z]+=))re").empty());
    for (const auto& tag :
         names_in(file.bytes, R"re((<script[^>]*>[^<]*</script>))re"))
      CHECK(tag.find("></script>") != std::string::npos);
  }
}

TEST_CASE("no script makes HTML out of texts", "[pages]") {
  for (const auto& file : embedded_files()) {
    INFO(file.name);
    CHECK(
      names_in(
        file.bytes,
        R"re((innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|localStorage|sessionStorage))re")
        .empty());
  }
}

} // namespace byollm::pages
