// SPDX-License-Identifier: Apache-2.0
// Goal: each error has a status and a body that a program can act on. Method:
// every code there is.
#include "app/clients/dialect.hpp"
#include "app/service/client_voice.hpp"
#include "app/service/render.hpp"

#include <rapidjson/document.h>

#include <catch2/catch.hpp>

namespace byollm::service {

TEST_CASE("every error has its status and its words", "[service]") {
  size_t known = 0;
  for (int i = 1; i < 256; ++i) {
    auto code = static_cast<errc>(i);
    if (remedy(code).empty() && code != errc::cancelled)
      continue;
    ++known;
    INFO(to_string(code));
    auto status = status_of(code);
    CHECK(status >= 400);
    CHECK(status < 600);
    auto answer = answer_of({code, "because", "field"});
    rapidjson::Document body;
    REQUIRE_FALSE(body.Parse(answer.body.c_str()).HasParseError());
    const auto& error = body["error"];
    CHECK(error["code"].GetString() == std::string{to_string(code)});
    CHECK(error["message"].GetString() == std::string{"because"});
    auto name = code == errc::handler_failed ? "type" : "parameter";
    CHECK(error[name].GetString() == std::string{"field"});
    CHECK(error["sent"].GetString() == std::string{"no"});
  }
  CHECK(known > 50);
}

TEST_CASE("who must wait is told how long, in whole seconds", "[service]") {
  failure why{errc::rate_limited, "slow down"};
  why.retry_after = std::chrono::milliseconds{1'200};
  auto answer = answer_of(why);
  REQUIRE(answer.headers.size() == 1);
  CHECK(answer.headers[0].first == "Retry-After");
  CHECK(answer.headers[0].second == "2");
  CHECK(answer.status == 429);
}

TEST_CASE("a failure names its call, if there is one", "[service]") {
  failure why{errc::authentication, "no such key"};
  CHECK(render_error(why).find("\"call\"") == std::string::npos);
  why.call = "0199-c";
  CHECK(render_error(why).find(R"("call":"0199-c")") != std::string::npos);
}

TEST_CASE("what the server refuses looks like all else", "[service]") {
  auto answer = refused_by_server(413, "too long");
  CHECK(answer.status == 413);
  CHECK(answer.body.find(R"("code":"limit_exceeded")") != std::string::npos);
  CHECK(answer.body.find(R"("sent":"no")") != std::string::npos);
  auto full = refused_by_server(503, "full");
  REQUIRE(full.headers.size() == 1);
  CHECK(full.headers[0].first == "Retry-After");
}

TEST_CASE("an event is one line each", "[service]") {
  CHECK(event("delta", "{}") == "event: delta\ndata: {}\n\n");
  // As a provider may have written a tool's arguments.
  CHECK(event("reply", "{\n \"a\":\r\n\n1}")
        == "event: reply\ndata: {  \"a\":   1}\n\n");
}

TEST_CASE("too much here turns away, too much at a provider does not",
          "[service]") {
  for (auto [code, turns_away] : {std::pair{errc::overloaded, true},
                                  {errc::rate_limited, false},
                                  {errc::provider_overloaded, false},
                                  {errc::stopping, false}}) {
    INFO(to_string(code));
    CHECK(answer_of({code}).turns_away == turns_away);
    for (auto* in : {&clients::openai_dialect(), &clients::anthropic_dialect()})
      CHECK(error_in(*in, {code}, "id").turns_away == turns_away);
  }
}

TEST_CASE("a reply tells the stop sequence that it ended at", "[service]") {
  message_reply reply;
  reply.stop = stop_reason::stop_sequence;
  CHECK(render(reply).find("stop_sequence\":") == std::string::npos);
  reply.stop_sequence = "END";
  CHECK(render(reply).find(R"("stop_sequence":"END")") != std::string::npos);
}

TEST_CASE("vectors are numbers that read back, or base64", "[service]") {
  message_reply reply;
  reply.vectors = {{0.5f, -0.1f, 1e-20f}, {3.0f}};
  reply.cost_micro = 14;
  auto numbers = render_vectors(reply, false);
  CHECK(numbers.starts_with(R"({"embeddings":[[0.5,-0.1,1e-20],[3]],)"));
  CHECK(numbers.find(R"("cost_micro":14)") != std::string::npos);
  CHECK(render_vectors({.vectors = {{0.5f}, {}}}, true)
          .starts_with(R"({"embeddings":["AAAAPw==",""],)"));
  CHECK(render(message_reply{}).find("cost_micro") == std::string::npos);
}

} // namespace byollm::service
