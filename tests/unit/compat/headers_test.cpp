// SPDX-License-Identifier: Apache-2.0
// Goal: who answered, on whose key and what became of the parameters is in the
// head, and nothing there can break it. Method: one answer, then hostile ones.
#include "app/clients/headers.hpp"
#include "ask.hpp"

#include <catch2/catch.hpp>

namespace byollm::clients {

namespace {

std::string text_of(const header_list& fields) {
  std::string made;
  for (const auto& [name, value] : fields)
    made += name + ": " + value + '\n';
  return made;
}

} // namespace

TEST_CASE("an answer's head tells who answered", "[clients]") {
  auto got = sample_reply();
  got.params = {{parameter::temperature, rung::call, disposition::dropped},
                {parameter::top_p},
                {parameter::max_tokens, rung::purpose, disposition::clamped}};
  got.losses = {{lost::seed, "a"}, {lost::seed, "b"}};
  CHECK(text_of(answer_headers(got, {{lost::extra, "c"}}))
        == "x-request-id: 0199-c\nrequest-id: 0199-c\nx-byollm-call: 0199-c\n"
           "x-byollm-turn: 0199-t\nx-byollm-provider: anthropic\n"
           "x-byollm-model: m-1\nx-byollm-key: user\n"
           "x-byollm-parameters: temperature="
             + std::string{to_string(disposition::dropped)}
             + ", max_tokens=" + std::string{to_string(disposition::clamped)}
             + "\nx-byollm-losses: extra, seed\n");
  got.is_byollm = false;
  got.fallback_from = "openai";
  auto fell = text_of(answer_headers(got, {}));
  CHECK(fell.find("x-byollm-key: platform\n") != std::string::npos);
  CHECK(fell.find("x-byollm-fallback-from: openai\n") != std::string::npos);
}

TEST_CASE("a stream's head tells who is asked", "[clients]") {
  CHECK(text_of(asked_headers({"c", "t", "openai", "m", false}))
        == "x-request-id: c\nrequest-id: c\nx-byollm-call: c\n"
           "x-byollm-turn: t\nx-byollm-provider: openai\n"
           "x-byollm-model: m\nx-byollm-key: platform\n");
}

TEST_CASE("no field's value ends a field", "[clients]") {
  auto got = sample_reply();
  got.model = "m\r\nset-cookie: a\x7f" + std::string(2'000, 'x');
  for (const auto& [name, value] : answer_headers(got, {})) {
    CHECK(value.find_first_of("\r\n\x7f") == std::string::npos);
    CHECK(value.size() <= 1'024);
  }
  CHECK(as_comments({{"a", "b"}, {"c", "d"}}) == ": a: b\n: c: d\n\n");
}

TEST_CASE("clients are told whether and when to ask again", "[clients]") {
  failure why{errc::rate_limited};
  why.retry_after = std::chrono::milliseconds{1'200};
  CHECK(text_of(retry_headers(why, 429))
        == "retry-after: 2\nretry-after-ms: 1200\n");
  CHECK(text_of(retry_headers({errc::overloaded}, 429))
        == "retry-after: 1\nretry-after-ms: 1000\n");
  CHECK(text_of(retry_headers({errc::quota_exhausted}, 429))
        == "x-should-retry: false\n");
  CHECK(text_of(retry_headers({errc::unauthenticated}, 401))
        == "x-should-retry: false\nwww-authenticate: Bearer\n");
  CHECK(text_of(retry_headers({errc::connect_failed}, 502)).empty());
}

} // namespace byollm::clients
