// SPDX-License-Identifier: Apache-2.0
// Goal: a target is a path and a query, or nothing. Method: a table.
#include "app/http/target.hpp"

#include <catch2/catch.hpp>

using namespace byollm;

TEST_CASE("a target is decoded once", "[target]") {
  struct row {
    const char* target;
    const char* path;
    const char* query;
  };
  for (auto [target, path, query] : {row{"/", "/", ""},
                                     {"/a/b", "/a/b", ""},
                                     {"/a?b?c", "/a", "b?c"},
                                     {"/a?", "/a", ""},
                                     {"/%41%7e", "/A~", ""},
                                     {"/a%2fb", "/a/b", ""},
                                     {"/%2541", "/%41", ""},
                                     {"/a?b=%zz", "/a", "b=%zz"},
                                     {"//a", "//a", ""},
                                     {"/...", "/...", ""},
                                     {"/.a/a.", "/.a/a.", ""},
                                     {"/%c3%a4", "/\xc3\xa4", ""}}) {
    INFO(target);
    std::string got_path, got_query;
    CHECK(http::parse_target(target, got_path, got_query));
    CHECK(got_path == path);
    CHECK(got_query == query);
  }
}

TEST_CASE("what is no path, or climbs, is no target", "[target]") {
  for (std::string_view target :
       {"",       "a",       "*",     "http://a/", "a:443",
        "?a",     "/%",      "/%4",   "/%4g",      "/a%",
        "/%00",   "/%0a",    "/%7f",  "/a#b",      "/a?b#c",
        "/.",     "/..",     "/a/..", "/a/../b",   "/%2e%2E/b",
        "/a/./b", "/..%2fb", "/a b",  "/a\tb",     "/\x80"}) {
    INFO(target);
    std::string path, query;
    CHECK(!http::parse_target(target, path, query));
  }
}
