// SPDX-License-Identifier: Apache-2.0
// Goal: OpenAI's clients understand our answers. Method: one answer, whole and
// in pieces, byte for byte.
#include "app/clients/openai/parts.hpp"
#include "ask.hpp"

#include <catch2/catch.hpp>

namespace byollm::clients {

namespace {

const std::string head
  = R"(data: {"id":"chatcmpl-0199-c","object":"chat.completion.chunk",)"
    R"("created":1800000000,"model":"m-1","choices":[{"index":0,"delta":)";

std::string chunk(const std::string& delta, const std::string& reason = "null",
                  const std::string& more = "") {
  return head + delta + R"(,"finish_reason":)" + reason + "}]" + more + "}\n\n";
}

} // namespace

TEST_CASE("a whole answer in OpenAI's words", "[clients]") {
  CHECK(
    openai_dialect().render(sample_reply(), sample_facts())
    == R"({"id":"chatcmpl-0199-c","object":"chat.completion",)"
       R"("created":1800000000,"model":"m-1","choices":[{"index":0,"message":)"
       R"({"role":"assistant","content":"Let me \"see\".","refusal":null,)"
       R"("reasoning_content":"Hm.","tool_calls":[{"id":"t1","type":)"
       R"("function","function":{"name":"find","arguments":"{\"q\":1}"}},)"
       R"({"id":"t2","type":"function","function":{"name":"now",)"
       R"("arguments":"{}"}}]},"logprobs":null,"finish_reason":"tool_calls"}],)"
       R"("usage":{"prompt_tokens":10,"completion_tokens":9,"total_tokens":19,)"
       R"("prompt_tokens_details":{"cached_tokens":2,"cache_write_tokens":1},)"
       R"("completion_tokens_details":{"reasoning_tokens":4}}})");
}

TEST_CASE("counts that nobody knows are not told to OpenAI's clients",
          "[clients]") {
  auto got = sample_reply();
  got.usage.output.reset();
  CHECK(openai_dialect().render(got, sample_facts()).find("usage")
        == std::string::npos);
}

TEST_CASE("a stream in OpenAI's words", "[clients]") {
  auto to = openai_dialect().stream(sample_facts());
  std::string out;
  for (const auto& piece : sample_pieces())
    out += to->piece(piece);
  out += to->end(sample_reply());
  auto call = [](const std::string& more) {
    return R"({"tool_calls":[{"index":)" + more + "}]}";
  };
  CHECK(out
        == chunk(R"({"role":"assistant","content":""})")
             + chunk(R"({"reasoning_content":"Hm."})") + ": keep-alive\n\n"
             + chunk(R"({"content":"Let me "})")
             + chunk(R"({"content":"\"see\"."})")
             + chunk(call(R"(0,"id":"t1","type":"function","function":)"
                          R"({"name":"find","arguments":""})"))
             + chunk(call(R"(0,"function":{"arguments":"{\"q\""})"))
             + chunk(call(R"(0,"function":{"arguments":":1}"})"))
             + chunk(call(R"(1,"id":"t2","type":"function","function":)"
                          R"({"name":"now","arguments":""})"))
             // Who waits for arguments gets some.
             + chunk(call(R"(1,"function":{"arguments":"{}"})"))
             + chunk("{}", R"("tool_calls")") + "data: [DONE]\n\n");
}

TEST_CASE("a call that was cut before its arguments gets none", "[clients]") {
  auto to = openai_dialect().stream(sample_facts());
  for (const auto& piece : sample_pieces())
    to->piece(piece);
  auto got = sample_reply();
  got.content.pop_back();
  got.stop = stop_reason::max_tokens;
  CHECK(to->end(got) == chunk("{}", R"("length")") + "data: [DONE]\n\n");
}

TEST_CASE("the usage of a stream is for who asked", "[clients]") {
  auto facts = sample_facts();
  facts.include_usage = true;
  auto to = openai_dialect().stream(facts);
  auto out = to->piece({delta::kind::text, 0, "x"});
  CHECK(
    out
    == chunk(R"({"role":"assistant","content":""})", "null", R"(,"usage":null)")
         + chunk(R"({"content":"x"})", "null", R"(,"usage":null)"));
  auto end = to->end(sample_reply());
  CHECK(end.find(R"("choices":[],"usage":{"prompt_tokens":10)")
        != std::string::npos);
  CHECK(end.ends_with("}}}\n\ndata: [DONE]\n\n"));
}

TEST_CASE("a stream of OpenAI's that breaks says so and is not done",
          "[clients]") {
  auto to = openai_dialect().stream(sample_facts());
  to->piece({delta::kind::text, 0, "x"});
  auto out = to->fail({errc::truncated, "it broke off"});
  CHECK(out.starts_with(R"(data: {"error":{"message":"truncated: it broke)"));
  CHECK(out.ends_with("}}\n\n"));
  CHECK(out.find("[DONE]") == std::string::npos);
}

TEST_CASE("an answer without a word has a role and an end", "[clients]") {
  auto out = openai_dialect().stream(sample_facts())->end({});
  CHECK(out
        == chunk(R"({"role":"assistant","content":""})")
             + chunk("{}", R"("stop")") + "data: [DONE]\n\n");
}

TEST_CASE("blocks that only another dialect has are no call", "[clients]") {
  auto to = openai_dialect().stream(sample_facts());
  to->piece({delta::kind::text, 0, "x"});
  CHECK(to->piece({delta::kind::block, 1, "{}"}).empty());
  CHECK(to->piece({delta::kind::tool_input, 1, "{}"}).empty());
  CHECK(to->piece({delta::kind::signature, 1, "s"}).empty());
}

TEST_CASE("what OpenAI's clients cannot be told is noted", "[clients]") {
  auto got = sample_reply();
  std::vector<loss> losses;
  openai_dialect().note_unsaid(got, losses);
  CHECK(losses.empty());
  got.content.push_back(thinking_block{"r", {}, true});
  got.content.push_back(opaque_block{"anthropic", "{}"});
  openai_dialect().note_unsaid(got, losses);
  REQUIRE(losses.size() == 1);
  CHECK(losses[0].what == lost::answer_parts);
}

TEST_CASE("vectors in OpenAI's words", "[clients]") {
  message_reply got;
  got.model = "e-1";
  got.vectors = {{1.0f, -0.5f}, {0.25f, 3.0f}};
  got.usage.input_uncached = 4;
  CHECK(openai::render_vectors(got, false)
        == R"({"object":"list","data":[{"object":"embedding","index":0,)"
           R"("embedding":[1,-0.5]},{"object":"embedding","index":1,)"
           R"("embedding":[0.25,3]}],"model":"e-1","usage":)"
           R"({"prompt_tokens":4,"total_tokens":4}})");
  CHECK(openai::render_vectors(got, true).find(R"("embedding":"AACAPwAAAL8=")")
        != std::string::npos);
}

TEST_CASE("models in OpenAI's words", "[clients]") {
  CHECK(openai_dialect().render_model("a/b")
        == R"({"id":"a/b","object":"model","created":0,"owned_by":"byollm"})");
  CHECK(openai_dialect()
          .render_models({"a", "b"})
          .starts_with(R"({"object":"list","data":[{"id":"a")"));
}

} // namespace byollm::clients
