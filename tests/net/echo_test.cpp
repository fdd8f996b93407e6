// SPDX-License-Identifier: Apache-2.0
// Goal: no id, code or name that repeats a part of the key goes further.
// Method: the guard alone, with every window in every form; then a whole
// attempt.
#include "providers/net/echo_guard.hpp"
#include "tests/net/net_fixture.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <cstdio>

using namespace byollm;
using namespace byollm::test;

namespace {

constexpr std::string_view secret
  = "key-CANARY-0123456789abcdefFEDCBA9876543210";

std::string hex(std::string_view text, const char* form) {
  std::string out;
  for (char c : text) {
    std::array<char, 8> two{};
    std::snprintf(two.data(), two.size(), form, static_cast<unsigned>(c));
    out += two.data();
  }
  return out;
}

std::string base64(std::string_view text) {
  constexpr std::string_view digits
    = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  uint32_t bits = 0;
  int have = 0;
  for (char c : text) {
    bits = bits << 8 | static_cast<uint8_t>(c);
    for (have += 8; have >= 6; have -= 6)
      out += digits[bits >> (have - 6) & 63];
  }
  if (have > 0)
    out += digits[bits << (6 - have) & 63];
  return out;
}

} // namespace

TEST_CASE("every window of the key is found in every form", "[echo]") {
  net::echo_guard guard;
  guard.learn(secret);
  for (size_t at = 0; at + 8 <= secret.size(); ++at) {
    auto part = secret.substr(at, 8);
    CHECK(guard.repeats(part));
    CHECK(guard.repeats("req_" + std::string{part} + "zz"));
    CHECK(guard.repeats("id" + hex(part, "%02x")));
    CHECK(guard.repeats(hex(part, "%02X")));
    CHECK(guard.repeats(hex(part, "%%%02x")));
    CHECK(guard.repeats("%zz" + std::string{part.substr(0, 7)}
                        + hex(part.substr(7), "%%%02x")));
  }
  for (auto lead : {"", "x", "yz"})
    CHECK(guard.repeats("r-" + base64(lead + std::string{secret})));
}

TEST_CASE("what is not of the key passes", "[echo]") {
  net::echo_guard guard;
  guard.learn(secret);
  for (auto text :
       {"", "req_011CSHoEeqs5C35K2UUqR7Fy", "gpt-4o-mini-2024-07-18", "sk-CANA",
        "0123456", "invalid_api_key", "%%%", "models/llama-3:70b"})
    CHECK_FALSE(guard.repeats(text));
}

TEST_CASE("a guard knows the last key only, and short ones not", "[echo]") {
  net::echo_guard guard;
  CHECK_FALSE(guard.repeats(secret));
  guard.learn(secret);
  guard.learn("another-key-of-somebody");
  CHECK_FALSE(guard.repeats(secret));
  CHECK(guard.repeats("another-k"));
  guard.learn("short");
  CHECK_FALSE(guard.repeats("short"));
  guard.learn("");
  CHECK_FALSE(guard.repeats("another-k"));
}

TEST_CASE("names that repeat the key are taken out, others stay", "[echo]") {
  net::echo_guard guard;
  guard.learn(secret);
  failure why{errc::authentication};
  why.provider_code = "invalid_api_key";
  why.provider_request_id = std::string{secret};
  message_reply reply;
  reply.model = "m-" + std::string{secret.substr(12, 8)};
  reply.models = {"good", std::string{secret}};
  reply.content = {text_block{std::string{secret}}};
  CHECK_FALSE(guard.strike(why, reply));
  CHECK(why.provider_code == "invalid_api_key");
  CHECK(why.provider_request_id.empty());
  CHECK(reply.model.empty());
  CHECK(reply.models == std::vector<std::string>{"good"});
  // The words are the user's own.
  CHECK(reply.text() == secret);
}

TEST_CASE("a tool that is called like the key takes the content with it",
          "[echo]") {
  net::echo_guard guard;
  guard.learn(secret);
  failure why;
  for (auto& use : {tool_use_block{std::string{secret}, "t", "{}"},
                    tool_use_block{"id", std::string{secret}, "{}"}}) {
    message_reply reply;
    reply.content = {use};
    CHECK(guard.strike(why, reply));
    CHECK(reply.content.empty());
  }
}

TEST_CASE_METHOD(net_fixture, "an attempt carries no id that repeats its key",
                 "[echo]") {
  serve({upstream_script{}
           .expect()
           .send(ok_response("hello", "X-Request-Id: r-" + vault.key + "\r\n"))
           .expect()
           .send(ok_response("hello", "X-Request-Id: r-1\r\n"))});
  auto echoed = ask();
  CHECK(echoed->code() == errc::none);
  CHECK(echoed->outcome.reply.provider_request_id.empty());
  CHECK(echoed->outcome.reply.text() == "hello");
  CHECK(ask()->outcome.reply.provider_request_id == "r-1");
}

TEST_CASE_METHOD(net_fixture, "a list of models is a GET with the key",
                 "[net]") {
  serve({upstream_script{}.expect().send(ok_response("hello")).again()});
  auto sink = ask([](provider_call& one) { one.kind = call_kind::models; });
  CHECK(sink->code() == errc::none);
  auto& seen = upstream->requests().front();
  CHECK(seen.head.rfind("GET /base/models HTTP/1.1\r\n", 0) == 0);
  CHECK(seen.header("Authorization") == "Bearer " + vault.key);
  CHECK(seen.header("Content-Length").empty());
  CHECK(vault.redeemed == 1);
}
