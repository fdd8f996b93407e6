// SPDX-License-Identifier: Apache-2.0
// Goal: each dialect asks for its models where its servers have them, and takes
// from a list only what can be a model's name. Method: encode and decode.
#include "messages/limits.hpp"
#include "tests/unit/dialects/encode_call.hpp"

#include <catch2/catch.hpp>

using namespace byollm;
using namespace byollm::test;

namespace {

std::string target(std::string_view provider, std::string_view url) {
  auto wire = find_dialect(provider)->encode_models(*base_url::parse(url));
  CHECK(wire.method == http_method::get);
  CHECK(wire.body.empty());
  return wire.target;
}

struct listed {
  failure why;
  std::vector<std::string> models;
};

listed decode_list(std::string_view provider, std::string_view body,
                   unsigned status = 200) {
  auto decoder = find_dialect(provider)->models_decoder();
  std::vector<wire_header> fields = {{"content-type", "application/json"}};
  std::vector<delta> deltas;
  auto ok = decoder->begin({status, fields});
  // Byte by byte, as a network may.
  for (size_t i = 0; ok && i < body.size(); ++i)
    ok = decoder->feed(body.substr(i, 1), deltas);
  CHECK(deltas.empty());
  return {ok ? decoder->finish() : ok.error(), decoder->reply().models};
}

std::string quoted_list(size_t count) {
  std::string out = R"({"data":[)";
  for (size_t i = 0; i < count; ++i)
    out += (i ? "," : "") + std::string{R"({"id":"m)"} + std::to_string(i)
           + R"("})";
  return out + "]}";
}

using names = std::vector<std::string>;

} // namespace

TEST_CASE("models are asked for below the version", "[models]") {
  CHECK(target("openai", "https://h") == "/v1/models");
  CHECK(target("openai", "https://h/v1") == "/v1/models");
  CHECK(target("openai", "https://h/api/v4") == "/api/v4/models");
  CHECK(target("anthropic", "https://h/v1") == "/v1/models?limit=1000");
  CHECK(target("local-ollama", "https://h/api") == "/api/tags");
  CHECK(target("local-ollama", "https://h/v1") == "/api/tags");
  auto wire
    = find_dialect("anthropic")->encode_models(*base_url::parse("https://h"));
  CHECK(wire.headers.back().name == "anthropic-version");
}

TEST_CASE("each dialect's list is understood", "[models]") {
  CHECK(decode_list("openai", R"({"data":[{"id":"a"},{"id":"b/c:1"}]})").models
        == names{"a", "b/c:1"});
  CHECK(
    decode_list("anthropic", R"({"data":[{"id":"x","type":"model"}]})").models
    == names{"x"});
  CHECK(
    decode_list("local-ollama", R"({"models":[{"name":"l:latest"}]})").models
    == names{"l:latest"});
  CHECK(decode_list("openai", R"({"data":[]})").why.code == errc::none);
}

TEST_CASE("what no model is called is left out", "[models]") {
  auto got = decode_list(
    "openai", R"({"data":[{"id":"good"},{"id":""},{"id":7},{"id":null},7,{},)"
              R"({"id":"a b"},{"id":"a\r\nX: 1"},{"id":"a%41"},{"id":"é"},)"
              R"({"id":"\u0000"},{"id":")"
                + std::string(limits::model_bytes_max + 1, 'm') + R"("}]})");
  CHECK(got.why.code == errc::none);
  CHECK(got.models == names{"good"});
}

TEST_CASE("a list is bounded", "[models]") {
  auto got = decode_list("openai", quoted_list(limits::models_max + 5));
  CHECK(got.why.code == errc::none);
  CHECK(got.models.size() == limits::models_max);
}

TEST_CASE("what is no list fails as what it is", "[models]") {
  for (auto provider : all_providers) {
    CHECK(decode_list(provider, R"({"data":7,"models":{}})").why.code
          == errc::protocol);
    CHECK(decode_list(provider, "[]").why.code == errc::protocol);
    CHECK(decode_list(provider, "").why.code == errc::protocol);
    CHECK(decode_list(provider, R"({"error":{"code":"invalid_api_key"}})", 401)
            .why.code
          == errc::authentication);
    CHECK(decode_list(provider, "Not found", 404).why.code
          == errc::model_not_found);
  }
}

TEST_CASE("a list used no tokens, and that is known", "[models]") {
  auto decoder = find_dialect("openai")->models_decoder();
  std::vector<delta> deltas;
  REQUIRE(decoder->begin({200, {}}));
  REQUIRE(decoder->feed(R"({"data":[]})", deltas));
  REQUIRE(decoder->finish().code == errc::none);
  CHECK(decoder->reply().usage.output == 0u);
  CHECK(decoder->reply().usage.input_uncached == 0u);
}

TEST_CASE("the names of a list are bounded together", "[models]") {
  std::string name(limits::model_bytes_max, 'm');
  std::string list = R"({"data":[)";
  for (size_t i = 0; i < limits::models_max; ++i)
    list += (i ? "," : "") + std::string{R"({"id":")"} + name + R"("})";
  auto got = decode_list("openai", list + "]}");
  CHECK(got.why.code == errc::none);
  CHECK(got.models.size() == limits::models_bytes_max / name.size());
}
