// SPDX-License-Identifier: Apache-2.0
// Goal: what a record takes from a head cannot be a token. Method: values as
// clients send them, and values with keys in them.
#include "app/http/record.hpp"

#include <catch2/catch.hpp>

namespace byollm::http {

TEST_CASE("a user agent is told as it is", "[http]") {
  for (auto agent :
       {"", "curl/7.88.1", "OpenAI/JS 6.9.1", "Anthropic/Python 0.71.0",
        "ai/5.0.99 ai-sdk/provider-utils/3.0.17 runtime/node.js/v20",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like "
        "Gecko) HeadlessChrome/142.0.0.0 Safari/537.36"})
    CHECK(plain_agent(agent) == agent);
}

TEST_CASE("a user agent holds no key", "[http]") {
  const std::string key = "key-abcdefghijklmnopqrstuvwxyz0123456789";
  CHECK(plain_agent(key) == "*");
  CHECK(plain_agent("a/1 " + key + " b/2") == "a/1 * b/2");
  CHECK(plain_agent(key + '.' + key) == "*.*");
  CHECK(plain_agent("a~|^b~|^c~|^d~|^e~|^f~|^g~|^") == "*");
  CHECK(plain_agent("caf\xc3\xa9 \x01\x7f") == "caf?? ??");
  auto long_one = plain_agent(std::string(300, '.'));
  CHECK(long_one == std::string(256, '.'));
  // 24 letters are a word, 25 are none.
  CHECK(plain_agent(std::string(24, 'a')) == std::string(24, 'a'));
  CHECK(plain_agent(std::string(25, 'a')) == "*");
}

TEST_CASE("a trace id is taken from a valid traceparent only", "[http]") {
  const std::string trace = "0af7651916cd43dd8448eb211c80319c";
  const std::string good = "00-" + trace + "-b7ad6b7169203331-01";
  CHECK(trace_of(good) == trace);
  CHECK(trace_of("01" + good.substr(2)) == trace);
  CHECK(trace_of("01" + good.substr(2) + "-more") == trace);
  for (const auto& bad :
       {std::string{}, std::string{"00"}, trace, good + "-more", good + "0",
        "ff" + good.substr(2), good.substr(0, good.size() - 1),
        "00-" + std::string(32, '0') + "-b7ad6b7169203331-01",
        "00-" + trace + "-0000000000000000-01",
        std::string{"00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01"},
        "00-" + trace.substr(1) + "-b7ad6b7169203331-01",
        "00-" + trace + "-b7ad6b7169203331-0x"})
    CHECK(trace_of(bad).empty());
}

TEST_CASE("a method is one of HTTP's", "[http]") {
  request head;
  record told;
  head.method = "DELETE";
  describe_head(head, told);
  CHECK(told.method == "DELETE");
  head.method = "key-abcdef";
  describe_head(head, told);
  CHECK(told.method == "other");
}

} // namespace byollm::http
