// SPDX-License-Identifier: Apache-2.0
// Goal: each dialect that makes vectors asks for them as its servers want it,
// and takes from an answer one vector for each text, or nothing. Method: encode
// and decode.
#include "messages/base64.hpp"
#include "messages/limits.hpp"
#include "tests/unit/dialects/encode_call.hpp"

#include <catch2/catch.hpp>

#include <cstring>

using namespace byollm;
using namespace byollm::test;

namespace {

wire_request encode(std::string_view provider, const embedding_input& input,
                    std::string_view url = "https://h/v1") {
  static const std::map<std::string, std::string> metadata
    = {{"user_id", "u1"}};
  auto at = base_url::parse(url);
  auto wire
    = find_dialect(provider)->encode_embeddings({*at, "e", input, metadata});
  REQUIRE(wire);
  CHECK(wire->method == http_method::post);
  return *wire;
}

struct made {
  failure why;
  message_reply reply;
};

made decode(std::string_view provider, std::string_view body,
            const embedding_input& asked, size_t step = 1) {
  auto decoder = find_dialect(provider)->embeddings_decoder(asked);
  std::vector<wire_header> fields = {{"content-type", "application/json"}};
  std::vector<delta> deltas;
  auto ok = decoder->begin({200, fields});
  for (size_t i = 0; ok && i < body.size(); i += step)
    ok = decoder->feed(body.substr(i, step), deltas);
  CHECK(deltas.empty());
  return {ok ? decoder->finish() : ok.error(), decoder->reply()};
}

errc verdict(std::string_view provider, std::string_view body,
             const embedding_input& asked) {
  auto got = decode(provider, body, asked);
  return got.why.code;
}

std::string in_base64(const embedding& vector) {
  std::vector<uint8_t> bytes(vector.size() * sizeof(float));
  std::memcpy(bytes.data(), vector.data(), bytes.size());
  return to_base64(bytes);
}

const embedding_input two{{"a", "b"}};

} // namespace

TEST_CASE("vectors are asked for as the servers want it", "[embeddings]") {
  auto wire = encode("openai", {{"a \"b\"", "c"}, 3, vector_format::base64});
  CHECK(wire.target == "/v1/embeddings");
  CHECK(wire.body
        == R"({"model":"e","input":["a \"b\"","c"],)"
           R"("encoding_format":"base64","dimensions":3,"user":"u1"})");
  CHECK(encode("openai", two).body
        == R"({"model":"e","input":["a","b"],"encoding_format":"float",)"
           R"("user":"u1"})");
  auto local = encode("local-ollama", {{"a"}, 3}, "https://h/api");
  CHECK(local.target == "/api/embed");
  CHECK(local.body
        == R"({"model":"e","input":["a"],"truncate":false,"dimensions":3})");
}

TEST_CASE("who makes no vectors says so", "[embeddings]") {
  for (auto provider : all_providers) {
    auto known = find_dialect(provider);
    auto at = base_url::parse("https://h");
    auto wire = known->encode_embeddings({*at, "e", two, {}});
    CHECK(wire.has_value() == known->traits().has_embeddings);
    if (!wire)
      CHECK(wire.error().code == errc::unsupported);
  }
  CHECK_FALSE(find_dialect("anthropic")->traits().has_embeddings);
}

TEST_CASE("texts that are too long are not sent", "[embeddings]") {
  embedding_input input{{std::string(limits::request_bytes_max, 'x')}};
  auto at = base_url::parse("https://h");
  for (auto provider : {"openai", "local-ollama"}) {
    auto wire
      = find_dialect(provider)->encode_embeddings({*at, "e", input, {}});
    REQUIRE_FALSE(wire);
    CHECK(wire.error().code == errc::limit_exceeded);
  }
}

TEST_CASE("numbers and base64 are read, whatever was asked for",
          "[embeddings]") {
  std::vector<embedding> wanted = {{0.5f, -1.25e-3f}, {3.0f, 0.0f}};
  auto body = R"({"object":"list","model":"e-1","data":[)"
              R"({"object":"embedding","index":1,"embedding":")"
              + in_base64(wanted[1])
              + R"("},{"index":0,"embedding":[ 0.5 ,-1.25e-3]}],)"
                R"("usage":{"prompt_tokens":7,"total_tokens":7}})";
  auto got = decode("openai", body, two);
  REQUIRE(got.why.code == errc::none);
  CHECK(got.reply.vectors == wanted);
  CHECK(got.reply.model == "e-1");
  CHECK(got.reply.usage.input_uncached == 7u);
  CHECK(got.reply.usage.output == 0u);
  CHECK(got.reply.usage.from == token_usage::source::provider);
  auto local = decode("local-ollama",
                      R"({"model":"n","embeddings":[[0.5,-0.00125],[3,0]],)"
                      R"("total_duration":1,"prompt_eval_count":2})",
                      two);
  REQUIRE(local.why.code == errc::none);
  CHECK(local.reply.vectors == wanted);
  CHECK(local.reply.usage.input_uncached == 2u);
}

TEST_CASE("without counts nothing is known of usage", "[embeddings]") {
  auto got = decode("openai", R"({"data":[{"embedding":[1]}]})", {{"a"}});
  REQUIRE(got.why.code == errc::none);
  CHECK(got.reply.usage == token_usage{});
}

TEST_CASE("what is not one vector for each text is no answer", "[embeddings]") {
  for (auto data : {
         R"([])",
         R"([{"index":0,"embedding":[1]}])",
         R"([{"index":0,"embedding":[1]},{"index":0,"embedding":[1]}])",
         R"([{"index":0,"embedding":[1]},{"index":2,"embedding":[1]}])",
         R"([{"index":1,"embedding":[1]},{"index":0,"embedding":[1]},)"
         R"({"index":1,"embedding":[1]}])",
         R"([{"embedding":[1]},{"embedding":[1]},{"embedding":[1]}])",
         R"([{"embedding":[1]},{"embedding":[]}])",
         R"([{"embedding":[1]},{"embedding":""}])",
         R"([{"embedding":[1]},{"embedding":[1,2]}])",
         R"([{"embedding":[1]},{"embedding":[null]}])",
         R"([{"embedding":[1]},{"embedding":["1"]}])",
         R"([{"embedding":[1]},{"embedding":[[1]]}])",
         R"([{"embedding":[1]},{"embedding":[1e39]}])",
         R"([{"embedding":[1]},{"embedding":{"0":1}}])",
         R"([{"embedding":[1]},{"embedding":"AAAA"}])",
         R"([{"embedding":[1]},{"embedding":"[1"}])",
         R"([{"embedding":[1]},{"embedding":"AADAfw=="}])", // not a number
         R"([{"embedding":[1]},7])",
         R"({"0":1})",
         R"(null)",
       }) {
    INFO(data);
    CHECK(verdict("openai", R"({"data":)" + std::string{data} + "}", two)
          == errc::protocol);
  }
  for (auto list : {R"([])", R"([[1]])", R"([[1],[1],[1]])", R"([[1],[]])",
                    R"([[1],[1,2]])", R"([[1],1])", R"([1,1])", R"("[[1],[1]")",
                    R"([[1],[true]])", R"(7)"}) {
    INFO(list);
    CHECK(verdict("local-ollama", R"({"embeddings":)" + std::string{list} + "}",
                  two)
          == errc::protocol);
  }
}

TEST_CASE("dimensions that were asked for are kept to", "[embeddings]") {
  auto body = R"({"embeddings":[[1,2,3]]})";
  CHECK(verdict("local-ollama", body, {{"a"}, 3}) == errc::none);
  CHECK(verdict("local-ollama", body, {{"a"}, 2}) == errc::protocol);
}

TEST_CASE("a large batch is read", "[embeddings]") {
  constexpr size_t texts = 256;
  constexpr size_t dimensions = 1'536;
  std::string body = R"({"data":[)";
  for (size_t i = 0; i < texts; ++i) {
    body += (i ? R"(,{"index":)" : R"({"index":)") + std::to_string(i)
            + R"(,"embedding":[0.25)";
    for (size_t k = 1; k < dimensions; ++k)
      body += ",-0.0123456789";
    body += "]}";
  }
  body += "]}";
  embedding_input asked{std::vector<std::string>(texts, "t")};
  auto got = decode("openai", body, asked, 16'384);
  REQUIRE(got.why.code == errc::none);
  REQUIRE(got.reply.vectors.size() == texts);
  CHECK(got.reply.vectors.back().size() == dimensions);
  CHECK(got.reply.vectors.back().back() == -0.0123456789f);
}
