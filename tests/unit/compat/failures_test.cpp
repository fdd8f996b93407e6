// SPDX-License-Identifier: Apache-2.0
// Goal: every failure is one that both clients know, under a status on which
// they do the right thing. Method: every code there is, then those people
// switch on.
#include "app/clients/trouble.hpp"
#include "ask.hpp"

#include <catch2/catch.hpp>

#include <iostream>

namespace byollm::clients {

namespace {

struct told {
  int status;
  rapidjson::Document body;
};

told tell(const dialect& as, const failure& why) {
  auto made = as.render(why, "id-1");
  told out{made.status, {}};
  out.body.Parse(made.body.c_str());
  REQUIRE_FALSE(out.body.HasParseError());
  return out;
}

std::string text(const rapidjson::Value& value) {
  return {value.GetString(), value.GetStringLength()};
}

std::string openai_says(errc code) {
  auto got = tell(openai_dialect(), {code, "because"});
  return std::to_string(got.status) + ' '
         + got.body["error"]["code"].GetString();
}

std::string anthropic_says(errc code) {
  auto got = tell(anthropic_dialect(), {code, "because"});
  return std::to_string(got.status) + ' '
         + got.body["error"]["type"].GetString();
}

} // namespace

TEST_CASE("every failure has both clients' shape", "[clients]") {
  size_t known = 0;
  for (int i = 1; i < 256; ++i) {
    auto code = static_cast<errc>(i);
    if (remedy(code).empty() && code != errc::cancelled)
      continue;
    ++known;
    CAPTURE(to_string(code));
    auto one = tell(openai_dialect(), {code, "because", "seed"});
    CHECK(one.status >= 400);
    CHECK(one.status < 530);
    const auto& error = one.body["error"];
    CHECK(error["message"].GetStringLength() > 0);
    CHECK(error["type"].GetStringLength() > 0);
    CHECK(error["code"].GetStringLength() > 0);
    CHECK(text(error["param"]) == "seed");
    auto other = tell(anthropic_dialect(), {code, "because"});
    CHECK(other.status >= 400);
    CHECK(other.status < 530);
    CHECK(text(other.body["type"]) == "error");
    CHECK(other.body["error"]["type"].GetStringLength() > 0);
    CHECK(text(other.body["request_id"]) == "id-1");
  }
  CHECK(known > 50);
  std::cout << known << " failures in two dialects\n";
}

TEST_CASE("the codes that people switch on", "[clients]") {
  CHECK(openai_says(errc::unauthenticated) == "401 invalid_api_key");
  CHECK(openai_says(errc::authentication) == "401 invalid_api_key");
  CHECK(openai_says(errc::quota_exhausted) == "429 insufficient_quota");
  CHECK(openai_says(errc::balance_exhausted) == "429 insufficient_quota");
  CHECK(openai_says(errc::rate_limited) == "429 rate_limit_exceeded");
  CHECK(openai_says(errc::overloaded) == "429 rate_limit_exceeded");
  CHECK(openai_says(errc::context_length) == "400 context_length_exceeded");
  CHECK(openai_says(errc::model_not_found) == "404 model_not_found");
  CHECK(openai_says(errc::no_provider) == "404 no_provider");
  CHECK(openai_says(errc::provider_fault) == "500 provider_fault");
  CHECK(openai_says(errc::first_byte_timeout) == "504 first_byte_timeout");
  CHECK(openai_says(errc::provider_timeout) == "504 provider_timeout");
  CHECK(anthropic_says(errc::unauthenticated) == "401 authentication_error");
  CHECK(anthropic_says(errc::forbidden) == "403 permission_error");
  CHECK(anthropic_says(errc::model_not_found) == "404 not_found_error");
  CHECK(anthropic_says(errc::rate_limited) == "429 rate_limit_error");
  CHECK(anthropic_says(errc::provider_fault) == "500 api_error");
  CHECK(anthropic_says(errc::provider_overloaded) == "529 overloaded_error");
  CHECK(anthropic_says(errc::provider_timeout) == "504 timeout_error");
  CHECK(anthropic_says(errc::context_length) == "400 invalid_request_error");
}

TEST_CASE("OpenAI's clients read which member was wrong", "[clients]") {
  auto param = [](const std::string& ours) {
    auto got = tell(openai_dialect(), {errc::invalid_request, "no", ours});
    return std::string{got.body["error"]["param"].GetString()};
  };
  CHECK(param("output") == "response_format");
  CHECK(param("thinking") == "reasoning_effort");
  CHECK(param("stop_sequences") == "stop");
  CHECK(param("messages.0.content") == "messages.0.content");
  CHECK(tell(openai_dialect(), {errc::provider_fault})
          .body["error"]["param"]
          .IsNull());
}

TEST_CASE("a provider's own code reaches OpenAI's clients", "[clients]") {
  failure why{errc::provider_rejected};
  why.provider_code = "unsupported_value";
  CHECK(text(tell(openai_dialect(), why).body["error"]["code"])
        == "unsupported_value");
}

TEST_CASE("Anthropic's client hears that it must send all", "[clients]") {
  auto got = tell(anthropic_dialect(), {errc::unsupported, "whole", "thread"});
  CHECK(got.status == 400);
  REQUIRE(got.body["error"].HasMember("details"));
  CHECK(text(got.body["error"]["details"]["error_code"])
        == "thread_unsupported_request");
  auto other = tell(anthropic_dialect(), {errc::unsupported, "no", "count"});
  CHECK_FALSE(other.body["error"].HasMember("details"));
}

TEST_CASE("what the server refuses has the clients' shapes, too", "[clients]") {
  for (int status : {400, 405, 408, 413, 431, 500, 503}) {
    CAPTURE(status);
    auto one = openai_dialect().render_refusal(status, "no", "id-1");
    CHECK(one.status == status);
    CHECK(one.body.starts_with(R"({"error":{"message":"no","type":")"));
    auto other = anthropic_dialect().render_refusal(status, "no", "id-1");
    CHECK(other.status == status);
    CHECK(other.body.starts_with(R"({"type":"error","error":{"type":")"));
  }
  CHECK(anthropic_dialect()
          .render_refusal(413, "no", "")
          .body.find("request_too_large")
        != std::string::npos);
}

TEST_CASE("what would pay twice is not asked again", "[clients]") {
  auto final = [](errc code, certainty sent) {
    failure why{code};
    why.sent = sent;
    return is_final(why);
  };
  for (auto code :
       {errc::invalid_request, errc::quota_exhausted, errc::balance_exhausted,
        errc::forbidden, errc::allowance_exhausted, errc::duplicate_call,
        errc::config_changed, errc::authentication, errc::context_length,
        errc::content_policy})
    CHECK(final(code, certainty::no));
  for (auto code :
       {errc::truncated, errc::total_timeout, errc::idle_timeout,
        errc::audit_unavailable, errc::protocol, errc::provider_timeout}) {
    CHECK(final(code, certainty::yes));
    CHECK(final(code, certainty::maybe));
  }
  for (auto code : {errc::rate_limited, errc::provider_overloaded,
                    errc::provider_fault, errc::overloaded})
    CHECK_FALSE(final(code, certainty::yes));
  for (auto code : {errc::connect_failed, errc::stopping, errc::dns_failed,
                    errc::audit_unavailable, errc::connect_timeout})
    CHECK_FALSE(final(code, certainty::no));
}

} // namespace byollm::clients
