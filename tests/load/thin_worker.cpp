// SPDX-License-Identifier: Apache-2.0
// A worker that costs next to nothing: offers the function `ask` of extension
// "thin", which makes LLM calls and tells how long each took.
//   thin_worker SOCKET          with the token in BYOLLM_SERVICE_TOKEN
// Ends when byollmd does.
#include "tests/load/thin_client.hpp"

#include <rapidjson/document.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>

namespace {

using namespace byollm;
using load::thin_client;

constexpr auto offer
  = R"({"functions":[{"name":"ask","parameters":{"type":"object"}}],)"
    R"("concurrency":1})";

std::string text_of(const rapidjson::Value& from, const char* name) {
  auto found = from.FindMember(name);
  return found != from.MemberEnd() && found->value.IsString()
           ? found->value.GetString()
           : "";
}

uint64_t number_of(const rapidjson::Value& from, const char* name) {
  auto found = from.FindMember(name);
  return found != from.MemberEnd() && found->value.IsUint64()
           ? found->value.GetUint64()
           : 0;
}

// Returns the end of an invocation, as the service takes it.
std::string run(thin_client& peer, const rapidjson::Value& asked) {
  using clock = std::chrono::steady_clock;
  const auto& arguments = asked["arguments"];
  auto token = text_of(asked, "token");
  std::string message(number_of(arguments, "message_bytes"), 'x');
  auto body
    = R"({"messages":[{"role":"user","content":")" + message + R"("}]})";
  std::string result = R"({"result":{"data":{"call_ns":[)";
  auto calls = number_of(arguments, "calls");
  for (uint64_t i = 0; i < calls; ++i) {
    auto began = clock::now();
    auto got = peer.post("/v1/llm/messages", body, token);
    std::chrono::nanoseconds took = clock::now() - began;
    if (!got || got->status != 200)
      return R"({"error":{"type":"call","message":"a call was not answered"}})";
    result.append(i > 0 ? "," : "").append(std::to_string(took.count()));
  }
  return result + "]}}}";
}

bool serve(thin_client& events, thin_client& calls) {
  for (;;) {
    auto next = events.next_event();
    if (!next)
      return true;
    if (next->name == "attached") {
      std::puts("attached");
      std::fflush(stdout);
    }
    if (next->name != "invoke")
      continue;
    rapidjson::Document asked;
    asked.Parse(next->data.data(), next->data.size());
    if (asked.HasParseError() || !asked.IsObject())
      return false;
    auto ended = calls.post("/v1/invocations/" + text_of(asked, "invocation"),
                            run(calls, asked));
    if (!ended || ended->status != 204)
      return false;
  }
}

} // namespace

int main(int argc, char** argv) {
  auto token = std::getenv("BYOLLM_SERVICE_TOKEN");
  if (argc != 2 || token == nullptr)
    return 2;
  thin_client events{argv[1], token};
  thin_client calls{argv[1], token};
  if (!events.open_stream("/v1/extensions/thin/attach", offer))
    return 1;
  return serve(events, calls) ? 0 : 1;
}
