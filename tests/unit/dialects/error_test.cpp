// SPDX-License-Identifier: Apache-2.0
// Goal: every way a provider says no becomes one documented error, without a
// byte of its text. Method: tables of status, header and body, for all
// dialects.
#include "providers/stream/answer_head.hpp"
#include "providers/stream/provider_error.hpp"
#include "tests/unit/dialects/harness.hpp"

#include "messages/limits.hpp"

#include <catch2/catch.hpp>

using namespace byollm;
using namespace byollm::test;
using std::chrono::milliseconds;

namespace {

failure refused(std::string_view provider, unsigned status, std::string body,
                std::vector<wire_header> fields = {}) {
  answer what{status, std::move(fields), std::move(body)};
  return decode(provider, true, what).why;
}

std::optional<milliseconds> wait(std::vector<wire_header> fields) {
  return refused("openai", 429, "{}", std::move(fields)).retry_after;
}

} // namespace

TEST_CASE("a status alone tells what it can", "[errors]") {
  const std::pair<unsigned, errc> table[]
    = {{400, errc::provider_rejected}, {401, errc::authentication},
       {402, errc::quota_exhausted},   {403, errc::permission},
       {404, errc::model_not_found},   {405, errc::provider_rejected},
       {408, errc::provider_rejected}, {409, errc::provider_rejected},
       {413, errc::provider_rejected}, {422, errc::provider_rejected},
       {429, errc::rate_limited},      {499, errc::provider_rejected},
       {500, errc::provider_fault},    {501, errc::provider_fault},
       {502, errc::provider_fault},    {503, errc::provider_overloaded},
       {504, errc::provider_timeout},  {520, errc::provider_fault},
       {524, errc::provider_timeout},  {529, errc::provider_overloaded},
       {301, errc::redirected},        {302, errc::redirected},
       {307, errc::redirected},        {308, errc::redirected},
       {201, errc::protocol},          {204, errc::protocol},
       {99, errc::protocol},           {600, errc::protocol},
       {999, errc::protocol}};
  for (auto [status, expected] : table)
    for (auto provider : {"anthropic", "openai", "local-ollama"})
      for (auto body : {"", "{}", "<html>no</html>", "{\"error\":", "[[["}) {
        CAPTURE(status, provider, body);
        auto why = refused(provider, status, body);
        CHECK(to_string(why.code) == to_string(expected));
        CHECK(why.http_status == status);
        CHECK(why.sent == certainty::yes);
        CHECK(why.provider_code.empty());
        CHECK_FALSE(why.detail.empty());
      }
}

TEST_CASE("a body can tell more than its status", "[errors]") {
  struct row {
    const char* provider;
    unsigned status;
    const char* body;
    errc expected;
    const char* token;
  };
  const row table[] = {
    {"openai", 401,
     R"({"error":{"message":"Incorrect API key provided","type":"invalid_request_error","param":null,"code":"invalid_api_key"}})",
     errc::authentication, "invalid_api_key"},
    {"openai", 401, R"({"error":{"type":"invalid_request_error","code":null}})",
     errc::authentication, "invalid_request_error"},
    {"openai", 429,
     R"({"error":{"type":"insufficient_quota","code":"insufficient_quota"}})",
     errc::quota_exhausted, "insufficient_quota"},
    {"openai", 429,
     R"({"error":{"type":"requests","code":"rate_limit_exceeded"}})",
     errc::rate_limited, "rate_limit_exceeded"},
    {"openai", 400,
     R"({"error":{"type":"invalid_request_error","code":"context_length_exceeded"}})",
     errc::context_length, "context_length_exceeded"},
    {"openai", 400, R"({"error":{"code":"content_policy_violation"}})",
     errc::content_policy, "content_policy_violation"},
    {"openai", 404,
     R"({"error":{"type":"invalid_request_error","code":"model_not_found"}})",
     errc::model_not_found, "model_not_found"},
    {"openai", 400,
     R"({"object":"error","message":"This model's maximum context length is 4096 tokens.","type":"BadRequestError","code":400})",
     errc::context_length, ""},
    {"openai", 400,
     R"({"error":{"code":400,"message":"the request exceeds the available context size","type":"exceed_context_size_error"}})",
     errc::context_length, "exceed_context_size_error"},
    {"anthropic", 400,
     R"({"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 212345 tokens > 200000 maximum"}})",
     errc::context_length, "invalid_request_error"},
    {"anthropic", 400,
     R"({"type":"error","error":{"type":"invalid_request_error","message":"Your credit balance is too low"}})",
     errc::quota_exhausted, "invalid_request_error"},
    {"anthropic", 401,
     R"({"type":"error","error":{"type":"authentication_error"}})",
     errc::authentication, "authentication_error"},
    {"anthropic", 403,
     R"({"type":"error","error":{"type":"permission_error"}})",
     errc::permission, "permission_error"},
    {"anthropic", 404, R"({"type":"error","error":{"type":"not_found_error"}})",
     errc::model_not_found, "not_found_error"},
    {"anthropic", 413,
     R"({"type":"error","error":{"type":"request_too_large"}})",
     errc::provider_rejected, "request_too_large"},
    {"anthropic", 429,
     R"({"type":"error","error":{"type":"rate_limit_error"}})",
     errc::rate_limited, "rate_limit_error"},
    {"anthropic", 500, R"({"type":"error","error":{"type":"api_error"}})",
     errc::provider_fault, "api_error"},
    {"anthropic", 529,
     R"({"type":"error","error":{"type":"overloaded_error"}})",
     errc::provider_overloaded, "overloaded_error"},
    {"anthropic", 504, R"({"type":"error","error":{"type":"timeout_error"}})",
     errc::provider_timeout, "timeout_error"},
    {"openai", 524,
     R"({"error":{"type":"cf_gateway_timeout","code":524,"message":"no"}})",
     errc::provider_timeout, "cf_gateway_timeout"},
    {"local-ollama", 404,
     R"({"error":"model \"nope\" not found, try pulling it first"})",
     errc::model_not_found, ""},
    {"local-ollama", 500, R"({"error":"llama runner process has terminated"})",
     errc::provider_fault, ""},
  };
  for (auto& [provider, status, body, expected, token] : table) {
    CAPTURE(body);
    auto why = refused(provider, status, body);
    CHECK(to_string(why.code) == to_string(expected));
    CHECK(why.provider_code == token);
  }
}

TEST_CASE("an error inside a 200 is told by its words", "[errors]") {
  const std::pair<const char*, errc> table[] = {
    {R"({"error":{"type":"overloaded_error"}})", errc::provider_overloaded},
    {R"({"error":{"type":"rate_limit_error"}})", errc::rate_limited},
    {R"({"error":{"type":"api_error"}})", errc::provider_fault},
    {R"({"error":{"type":"invalid_request_error"}})", errc::provider_rejected},
    {R"({"error":{"type":"authentication_error"}})", errc::authentication},
    {R"({"error":{"type":"not_found_error"}})", errc::model_not_found},
    {R"({"error":{"code":429,"message":"slow down"}})", errc::rate_limited},
    {R"({"error":{"code":502}})", errc::provider_fault},
    {R"({"error":{"code":504}})", errc::provider_timeout},
    {R"({"error":{"code":524}})", errc::provider_timeout},
    {R"({"error":{"type":"timeout_error"}})", errc::provider_timeout},
    {R"({"error":{"code":302}})", errc::provider_fault},
    {R"({"error":{"code":"insufficient_quota"}})", errc::quota_exhausted},
    {R"({"error":{}})", errc::provider_fault},
    {R"({"error":"text"})", errc::provider_fault},
    {R"({"error":true})", errc::provider_fault},
    {R"({"error":["x"]})", errc::provider_fault},
  };
  for (auto [body, expected] : table) {
    CAPTURE(body);
    auto line = std::string{body} + '\n';
    CHECK(to_string(decode("local-ollama", true, line).why.code)
          == to_string(expected));
    auto event = "data: " + line + '\n';
    CHECK(decode("openai", true, event).why.code == expected);
    CHECK(decode("anthropic", true, "event: error\n" + event).why.code
          == expected);
    CHECK(decode("openai", false, body).why.code == expected);
    CHECK(decode("anthropic", false, body).why.code == expected);
    CHECK(decode("openai", false, body).why.http_status == 200);
  }
}

TEST_CASE("only a machine's word is kept as provider code", "[errors]") {
  for (auto good : {"a", "invalid_api_key", "rate-limit.exceeded", "1210", "o1",
                    "http2_error", "exceed_context_size_error"}) {
    CAPTURE(good);
    CHECK(is_safe_token(good));
  }
  for (auto bad :
       {"", "Upper", "has space", "\xC3\xBC", "a/b", "a\nb", "a:b",
        "sk-"
        "canary-0123456789abcdef0123456789abcdef",
        "abcdefghijklmnopqrstuvwxyz", "12345678", "a1b2c3d4",
        "a_a_a_a_a_a_a_a_a_a_a_a_a_a_a_a_a_a_a_a_a_a_a_a_a_a_a_a_a_a_a_a_a"}) {
    CAPTURE(bad);
    CHECK_FALSE(is_safe_token(bad));
  }
  auto why = refused("openai", 400,
                     R"({"error":{"code":"Bad Code","type":"a_type"}})");
  CHECK(why.provider_code == "a_type");
  CHECK(why.provider_type.empty());
  why
    = refused("openai", 400, R"({"error":{"code":"a_code","type":"a_type"}})");
  CHECK(why.provider_code == "a_code");
  CHECK(why.provider_type == "a_type");
}

TEST_CASE("a refusal names the part of the request that is wrong", "[errors]") {
  auto named
    = [](unsigned status, std::string_view member, std::string_view text) {
        return refused("openai", status,
                       R"({"error":{"type":"invalid_request_error",")"
                         + std::string{member} + R"(":")" + std::string{text}
                         + R"("}})")
          .parameter;
      };
  CHECK(named(400, "param", "messages[0].content") == "messages[0].content");
  CHECK(named(400, "message", "messages.1.content.12: no")
        == "messages.1.content.12");
  CHECK(named(400, "message", "`max_tokens` must be more") == "max_tokens");
  CHECK(named(400, "message", "thinking.budget_tokens: no")
        == "thinking.budget_tokens");
  // Words are no part of a request, and other failures have none.
  for (auto text : {"sorry: no", "messages", "`max_tokens", "tools are bad: x",
                    "messages.0123456789abcdef0123: x", "model:"})
    CHECK(named(400, "message", text)
          == (std::string_view{text} == "model:" ? "model" : ""));
  CHECK(named(400, "param", "Has Space").empty());
  CHECK(named(500, "param", "messages").empty());
}

TEST_CASE("a refusal repeats nothing that the provider said", "[errors]") {
  const std::string canary = "sk-CANARY-" + std::string(32, '7');
  for (auto body :
       {R"({"error":{"message":"%","type":"%","code":"%","param":"%"}})",
        R"({"error":"%"})", R"({"type":"error","error":{"type":"%"}})",
        R"({"object":"error","type":"%","message":"%"})", "%",
        R"({"detail":"%"})"}) {
    std::string text{body};
    for (size_t at; (at = text.find('%')) != std::string::npos;)
      text.replace(at, 1, canary);
    for (unsigned status : {200u, 302u, 400u, 401u, 500u})
      for (auto provider : {"anthropic", "openai", "local-ollama"}) {
        answer what{
          status, {{"location", canary}, {"x-request-id", "ü" + canary}}, text};
        auto got = decode(provider, false, what);
        CAPTURE(body, status, provider);
        CHECK(got.why.code != errc::none);
        CHECK(describe(got.why).find("CANARY") == std::string::npos);
        CHECK(got.why.provider_code.empty());
        CHECK(got.why.provider_type.empty());
        CHECK(got.why.parameter.empty());
        CHECK(got.why.provider_request_id.empty());
      }
  }
}

TEST_CASE("a request id is kept if it looks like one", "[errors]") {
  auto id = [](std::vector<wire_header> fields) {
    return refused("anthropic", 500, "", std::move(fields)).provider_request_id;
  };
  CHECK(id({{"request-id", "req_011CSHoEeqs5C35K2UUqR7Fy"}})
        == "req_011CSHoEeqs5C35K2UUqR7Fy");
  CHECK(id({{"x-request-id", "a-b:c"}}) == "a-b:c");
  CHECK(id({{"x-request-id", "b"}, {"request-id", "a"}}) == "a");
  CHECK(id({{"request-id", "no spaces"}, {"x-request-id", "b"}}) == "b");
  CHECK(id({{"request-id", "a\"b"}}).empty());
  CHECK(id({{"request-id", std::string(129, 'a')}}).empty());
  auto what = good_answer("openai", false, fixture("openai_message.json"));
  what.fields.push_back({"x-request-id", "req_1"});
  CHECK(decode("openai", false, what).reply.provider_request_id == "req_1");
}

TEST_CASE("how long to wait is taken only where it makes sense", "[errors]") {
  CHECK(wait({{"retry-after", "3"}}) == milliseconds{3'000});
  CHECK(wait({{"retry-after", " 1.5 "}}) == milliseconds{1'500});
  CHECK(wait({{"retry-after", "0"}}) == milliseconds{0});
  CHECK(wait({{"retry-after-ms", "250"}, {"retry-after", "3"}})
        == milliseconds{250});
  CHECK(wait({{"retry-after-ms", "x"}, {"retry-after", "3"}})
        == milliseconds{3'000});
  for (auto high : {"61", "1000000000", "1e9", "1e300"})
    CHECK(wait({{"retry-after", high}}) == limits::retry_after_max);
  for (auto bad : {"", "-1", "-0.5", "soon", "5 apples", "inf", "nan", "0x10",
                   "Wed, 21 Oct 2099 07:28:00 GMT"}) {
    CAPTURE(bad);
    CHECK_FALSE(wait({{"retry-after", bad}}));
  }
  CHECK_FALSE(wait({}));
}

TEST_CASE("a date to wait for is relative to the provider's clock",
          "[errors]") {
  auto until = [](std::string_view later, std::string_view now) {
    return wait(
      {{"retry-after", std::string{later}}, {"date", std::string{now}}});
  };
  constexpr auto now = "Wed, 21 Oct 2099 07:28:00 GMT";
  CHECK(until("Wed, 21 Oct 2099 07:28:20 GMT", now) == milliseconds{20'000});
  CHECK(until("Thu, 31 Dec 2099 07:28:20 GMT", now) == limits::retry_after_max);
  CHECK(until("Wed, 21 Oct 2099 07:27:00 GMT", now) == milliseconds{0});
  CHECK(until("Fri, 29 Feb 2096 00:00:05 GMT", "Fri, 29 Feb 2096 00:00:00 GMT")
        == milliseconds{5'000});
  for (auto bad :
       {"Wed, 32 Oct 2099 07:28:20 GMT", "Wed, 21 Okt 2099 07:28:20 GMT",
        "Wed, 21 anF 2099 07:28:20 GMT", "Wed, 21 Oct 2099 24:28:20 GMT",
        "Wed, 29 Feb 2099 07:28:20 GMT", "Wed, 21 Oct 2099 07:28:20 CET",
        "Wed, 2x Oct 2099 07:28:20 GMT", "2099-10-21T07:28:20Z"}) {
    CAPTURE(bad);
    CHECK_FALSE(until(bad, now));
    CHECK_FALSE(until(now, bad));
  }
}

TEST_CASE("an error body is read up to its limit", "[errors]") {
  auto body = [](size_t size) {
    std::string text = R"({"error":{"code":"insufficient_quota","message":")";
    text.append(size - text.size() - 3, 'x');
    return text + "\"}}";
  };
  CHECK(refused("openai", 429, body(limits::error_body_bytes_max)).code
        == errc::quota_exhausted);
  CHECK(refused("openai", 429, body(limits::error_body_bytes_max + 1)).code
        == errc::rate_limited);
}
