// SPDX-License-Identifier: Apache-2.0
// Goal: no name that an attacker may own passes as ours. Method: tables.
#include "app/http/host.hpp"

#include <catch2/catch.hpp>

using namespace byollm;

TEST_CASE("a Host is a name or an address, and perhaps a port", "[host]") {
  for (auto good : {"a", "a.b-c_d", "localhost:8080", "127.0.0.1", "[::1]",
                    "[::1]:80", "a:", "1", "a:65535"}) {
    INFO(good);
    CHECK(http::is_host(good));
  }
  for (auto bad : {"",     ":80",         "a:b",  "a:123456",  "a b",  "a,b",
                   "a@b",  "a/b",         "a?b",  "a#b",       "[::1", "::1]",
                   "[a]",  "[127.0.0.1]", "[]",   "[::1]x",    "::1",  "a:1:2",
                   "a%41", "\xc3\xa4",    "a\\b", "[::1%25lo]"}) {
    INFO(bad);
    CHECK(!http::is_host(bad));
  }
  CHECK(http::is_host(std::string(253, 'a')));
  CHECK(!http::is_host(std::string(254, 'a')));
}

TEST_CASE("only addresses and our names are our own", "[host]") {
  const std::vector<std::string> names{"llm.corp.example"};
  for (auto own :
       {"localhost", "LocalHost:80", "127.0.0.1", "127.0.0.1:1", "[::1]:80",
        "192.0.2.7", "llm.corp.example", "LLM.corp.example:8080"}) {
    INFO(own);
    CHECK(http::is_own_host(own, names));
  }
  for (auto other : {"attacker.example", "localhost.attacker.example",
                     "127.0.0.1.attacker.example", "alocalhost", "127.1",
                     "0x7f000001", "corp.example", "x.llm.corp.example"}) {
    INFO(other);
    CHECK(!http::is_own_host(other, names));
  }
}
