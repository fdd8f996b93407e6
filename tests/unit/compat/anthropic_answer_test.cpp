// SPDX-License-Identifier: Apache-2.0
// Goal: Anthropic's clients understand our answers. Method: one answer, whole
// and in pieces, byte for byte.
#include "app/clients/anthropic/parts.hpp"
#include "ask.hpp"

#include <catch2/catch.hpp>

namespace byollm::clients {

namespace {

// An event of `type`, with what follows its type.
std::string event(const std::string& type, const std::string& more = "") {
  return "event: " + type + "\ndata: {\"type\":\"" + type + '"' + more
         + "}\n\n";
}

std::string start(const std::string& index, const std::string& block) {
  return event("content_block_start",
               R"(,"index":)" + index + R"(,"content_block":)" + block);
}

std::string piece(const std::string& index, const std::string& delta) {
  return event("content_block_delta",
               R"(,"index":)" + index + R"(,"delta":)" + delta);
}

std::string stop(const std::string& index) {
  return event("content_block_stop", R"(,"index":)" + index);
}

const std::string begin = event(
  "message_start",
  R"(,"message":{"id":"msg_0199c","type":"message","role":"assistant",)"
  R"("model":"m-1","content":[],"stop_reason":null,"stop_sequence":null,)"
  R"("usage":{"input_tokens":0,"output_tokens":0}})");

} // namespace

TEST_CASE("a whole answer in Anthropic's words", "[clients]") {
  CHECK(anthropic_dialect().render(sample_reply(), sample_facts())
        == R"({"id":"msg_0199c","type":"message","role":"assistant",)"
           R"("model":"m-1","content":[{"type":"thinking","thinking":"Hm.",)"
           R"("signature":"sig"},{"type":"text","text":"Let me \"see\".",)"
           R"("citations":null},{"type":"tool_use","id":"t1","name":"find",)"
           R"("input":{"q":1}},{"type":"tool_use","id":"t2","name":"now",)"
           R"("input":{}}],"stop_reason":"tool_use","stop_sequence":null,)"
           R"("usage":{"input_tokens":7,"output_tokens":9,)"
           R"("cache_creation_input_tokens":1,"cache_read_input_tokens":2}})");
}

TEST_CASE("blocks of Anthropic's own go back, others' do not", "[clients]") {
  message_reply got;
  got.content = {opaque_block{"anthropic", R"({"type":"x"})"},
                 opaque_block{"openai", R"({"type":"y"})"},
                 thinking_block{"r", {}, true}};
  std::vector<loss> losses;
  anthropic_dialect().note_unsaid(got, losses);
  CHECK(losses.size() == 1);
  CHECK(anthropic_dialect()
          .render(got, sample_facts())
          .find(R"("content":[{"type":"x"},{"type":"redacted_thinking",)"
                R"("data":"r"}])")
        != std::string::npos);
}

TEST_CASE("a stream in Anthropic's words", "[clients]") {
  auto to = anthropic_dialect().stream(sample_facts());
  std::string out;
  for (const auto& each : sample_pieces())
    out += to->piece(each);
  out += to->end(sample_reply());
  CHECK(
    out
    == begin + start("0", R"({"type":"thinking","thinking":"","signature":""})")
         + piece("0", R"({"type":"thinking_delta","thinking":"Hm."})")
         + piece("0", R"({"type":"signature_delta","signature":"sig"})")
         + "event: ping\ndata: {\"type\": \"ping\"}\n\n" + stop("0")
         + start("1", R"({"type":"text","text":""})")
         + piece("1", R"({"type":"text_delta","text":"Let me "})")
         + piece("1", R"({"type":"text_delta","text":"\"see\"."})") + stop("1")
         + start("2", R"({"type":"tool_use","id":"t1","name":"find",)"
                      R"("input":{}})")
         + piece("2", R"({"type":"input_json_delta","partial_json":)"
                      R"("{\"q\""})")
         + piece("2", R"({"type":"input_json_delta","partial_json":":1}"})")
         + stop("2")
         + start("3", R"({"type":"tool_use","id":"t2","name":"now",)"
                      R"("input":{}})")
         + stop("3")
         + event("message_delta",
                 R"(,"delta":{"stop_reason":"tool_use","stop_sequence":null},)"
                 R"("usage":{"input_tokens":7,"output_tokens":9,)"
                 R"("cache_creation_input_tokens":1,)"
                 R"("cache_read_input_tokens":2})")
         + event("message_stop"));
}

TEST_CASE("Anthropic's clients read which stop sequence was hit", "[clients]") {
  message_reply got;
  got.stop = stop_reason::stop_sequence;
  auto is_told = [&](const std::string& member) {
    auto whole = anthropic_dialect().render(got, sample_facts());
    auto streamed = anthropic_dialect().stream(sample_facts())->end(got);
    auto words = R"("stop_reason":"stop_sequence","stop_sequence":)" + member;
    return whole.find(words) != std::string::npos
           && streamed.find(R"("delta":{)" + words + '}') != std::string::npos;
  };
  // A provider may tell no more than that there was one.
  CHECK(is_told("null"));
  got.stop_sequence = "\"END\"";
  CHECK(is_told(R"("\"END\"")"));
}

TEST_CASE("Anthropic's clients number blocks as they start", "[clients]") {
  auto to = anthropic_dialect().stream(sample_facts());
  to->piece({delta::kind::block, 4, R"({"type":"x",
"input":{}})"});
  auto out = to->piece({delta::kind::tool_input, 4, "{}"});
  CHECK(out
        == piece("0", R"({"type":"input_json_delta","partial_json":"{}"})"));
  out = to->piece({delta::kind::text, 9, "a"});
  CHECK(out
        == stop("0") + start("1", R"({"type":"text","text":""})")
             + piece("1", R"({"type":"text_delta","text":"a"})"));
  // Servers may go back to an earlier block.
  out = to->piece({delta::kind::tool_input, 4, " "});
  CHECK(out == piece("0", R"({"type":"input_json_delta","partial_json":" "})"));
  CHECK(to->piece({delta::kind::tool_input, 7, "{}"}).empty());
}

TEST_CASE("a stream of Anthropic's that breaks says so", "[clients]") {
  auto to = anthropic_dialect().stream(sample_facts());
  to->piece({delta::kind::text, 0, "x"});
  auto out = to->fail({errc::provider_overloaded, "busy"});
  CHECK(out.starts_with("event: error\ndata: {\"type\":\"error\",\"error\":"
                        "{\"type\":\"overloaded_error\",\"message\":"
                        "\"provider_overloaded: busy"));
  CHECK(out.ends_with("\"request_id\":\"0199-c\"}\n\n"));
  CHECK(out.find("message_stop") == std::string::npos);
}

TEST_CASE("an answer without a word has a start and an end", "[clients]") {
  auto out = anthropic_dialect().stream(sample_facts())->end({});
  CHECK(out.starts_with(begin + "event: message_delta\n"));
  CHECK(out.ends_with(event("message_stop")));
}

TEST_CASE("models and counts in Anthropic's words", "[clients]") {
  CHECK(anthropic_dialect().render_model("a")
        == R"({"type":"model","id":"a","display_name":"a",)"
           R"("created_at":"1970-01-01T00:00:00Z"})");
  auto list = anthropic_dialect().render_models({"a", "b"});
  CHECK(list.ends_with(R"("has_more":false,"first_id":"a","last_id":"b"})"));
  CHECK(anthropic_dialect().render_models({}).ends_with(R"("last_id":null})"));
  message_reply got;
  got.counted_tokens = 12;
  CHECK(anthropic::render_count(got) == R"({"input_tokens":12})");
}

} // namespace byollm::clients
