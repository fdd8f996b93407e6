// SPDX-License-Identifier: Apache-2.0
// Goal: a caller's own fields and headers go out byte for byte where they are
// understood and allowed, and nowhere else. Method: one request for each
// dialect, its bytes and headers compared.
#include "tests/unit/dialects/encoded.hpp"

using namespace byollm;
using namespace byollm::test;

namespace {

bool has(const wire_request& wire, std::string_view name) {
  for (const auto& each : wire.headers)
    if (each.name == name)
      return true;
  return false;
}

} // namespace

TEST_CASE("a caller's own fields go out as they stand", "[features]") {
  auto request = hello();
  for (auto provider : all_providers) {
    INFO(provider);
    request.extra = {
      std::string{provider},
      R"( { "top_k" : 5.0e0 ,"x":[ 1, {"a":"}\"]"} ],"é" :null, "s":"\u0041"})",
      {{"traceparent", "00-0-0-00"}, {"anthropic-beta", "a,b"}}};
    auto made = to(provider, request);
    CHECK(made.losses().empty());
    // Byte for byte.
    CHECK(
      made.wire.body.find(R"("top_k":5.0e0,"x":[ 1, {"a":"}\"]"} ],"é":null)")
      != std::string::npos);
    CHECK(made.wire.body.find(R"("s":"\u0041")") != std::string::npos);
    CHECK(has(made.wire, "anthropic-beta"));
  }
}

TEST_CASE("an extra version takes the place of ours", "[features]") {
  auto request = hello();
  request.extra = {"anthropic", "", {{"anthropic-version", "2026-10-21"}}};
  auto made = to("anthropic", request);
  std::vector<std::string> versions;
  for (const auto& each : made.wire.headers)
    if (each.name == "anthropic-version")
      versions.push_back(each.value);
  CHECK(versions == std::vector<std::string>{"2026-10-21"});
}

TEST_CASE("the platform's LLM takes nothing extra", "[features]") {
  auto request = hello();
  auto url = *base_url::parse("https://h");
  parameters params;
  std::string model = "m";
  for (auto provider : all_providers) {
    INFO(provider);
    request.extra = {std::string{provider},
                     R"({"service_tier":"priority"})",
                     {{"openai-organization", "o"}, {"traceparent", "00-a"}}};
    auto made = find_dialect(provider)->encode(
      {url, model, request, params, false, false});
    REQUIRE(made);
    CHECK(made->body.find("service_tier") == std::string::npos);
    REQUIRE(made->losses.size() == 1);
    CHECK(made->losses[0].what == lost::extra);
    CHECK_FALSE(has(*made, "openai-organization"));
  }
}

TEST_CASE("the trace is the transport's, and no loss", "[features]") {
  auto request = hello();
  request.extra = {"another", {}, {{"traceparent", "00-a"}}};
  for (auto provider : all_providers) {
    INFO(provider);
    auto made = call{.provider = provider, .request = request}.encode();
    REQUIRE(made);
    CHECK(made->losses.empty());
    CHECK_FALSE(has(*made, "traceparent"));
    auto more = request;
    more.extra->headers.emplace("openai-beta", "x");
    made = call{.provider = provider, .request = more}.encode();
    REQUIRE(made);
    REQUIRE(made->losses.size() == 1);
    CHECK(made->losses[0].what == lost::extra);
    CHECK_FALSE(has(*made, "openai-beta"));
  }
}

TEST_CASE("what is ours, or secret, is no extra", "[features]") {
  auto refused = [](std::string_view provider, dialect_extra extra) {
    auto request = hello();
    request.extra = std::move(extra);
    auto made = call{.provider = provider, .request = request}.encode();
    REQUIRE_FALSE(made);
    CHECK(made.error().parameter == "extra");
  };
  for (auto provider : all_providers) {
    std::string name{provider};
    for (auto fields : {R"({"model":"x"})", R"({"messages":[]})",
                        R"({"stream":true})", R"({"mod\u0065l":"x"})",
                        R"({"":1})", "[]", "{", R"({"a":1}{)", R"({"a":1,})"}) {
      INFO(fields);
      refused(provider, {name, fields, {}});
    }
    for (auto [header, value] : {std::pair{"authorization", "Bearer x"},
                                 {"x-api-key", "x"},
                                 {"cookie", "x"},
                                 {"host", "x"},
                                 {"anthropic-beta", "a\r\nx: y"},
                                 {"anthropic-beta", ""},
                                 {"anthropic-Beta", "a"},
                                 {"anthropic-b\r\n", "a"},
                                 {"content-length", "1"}})
      refused(provider, {name, "", {{header, value}}});
  }
}
