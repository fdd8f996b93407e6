// SPDX-License-Identifier: Apache-2.0
// Goal: who asks for a path that is not there is told so in words that they
// read. Method: paths of clients and of our own protocol beside a table.
#include "app/service/unknown_path.hpp"

#include <catch2/catch.hpp>

#include <array>

namespace byollm::service {

namespace {

constexpr entry route_at(std::string_view path, words in = words::ours) {
  return {false, "POST", path, asks::nobody, false, nullptr, in};
}

constexpr std::array table = {
  route_at("/livez"),
  route_at("/v1/llm/messages"),
  route_at("/v1/turns"),
  route_at("/v1/me/{}"),
  route_at("/v1/messages", words::anthropic),
  route_at("/v1/chat/completions", words::openai),
  route_at("/v1/models", words::either),
};

words words_at(std::string_view path) {
  return words_of_unknown(table, path);
}

} // namespace

TEST_CASE("below /v1/messages Anthropic's clients ask", "[clients]") {
  CHECK(words_at("/v1/messages/batches") == words::anthropic);
  CHECK(words_at("/v1/messages/") == words::anthropic);
}

TEST_CASE("what only a provider has is asked by its client", "[clients]") {
  for (auto path : {"/v1/responses", "/v1/files/file-1", "/v1/complete",
                    "/v1/chat/completions/id", "/v1/chat", "/v1/messagesx"}) {
    CAPTURE(path);
    CHECK(words_at(path) == words::either);
  }
}

TEST_CASE("our own protocol keeps its words", "[clients]") {
  for (auto path : {"/v1/llm/none", "/v1/llm", "/v1/turns/", "/v1/me", "/",
                    "/v1", "/v1/", "/v1//x", "/livez/none", "/llm/messages",
                    "/turns", "/me/x", "//chat/completions", ""}) {
    CAPTURE(path);
    CHECK(words_at(path) == words::ours);
    CHECK(why_unknown(words::ours, path) == "there is no such path");
  }
}

TEST_CASE("a client whose base URL lacks /v1 reads that it does", "[clients]") {
  auto lacks = "there is no such path; the base URL lacks /v1 at its end";
  for (auto path : {"/messages", "/messages/count_tokens"}) {
    CAPTURE(path);
    CHECK(words_at(path) == words::anthropic);
    CHECK(why_unknown(words_at(path), path) == lacks);
  }
  for (auto path : {"/chat/completions", "/models", "/models/m", "/responses",
                    "/completions"}) {
    CAPTURE(path);
    CHECK(words_at(path) == words::either);
    CHECK(why_unknown(words_at(path), path) == lacks);
  }
  // The clients of Anthropic add it themselves.
  CHECK(words_at("/v1/v1/messages") == words::either);
  CHECK(why_unknown(words::either, "/v1/v1/messages")
        == "there is no such path; the base URL has one /v1 too many");
  CHECK(why_unknown(words::either, "/v1/files") == "there is no such path");
}

} // namespace byollm::service
