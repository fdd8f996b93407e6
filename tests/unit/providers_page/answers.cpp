// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/providers_page/answers.hpp"

#include "providers/catalog.hpp"
#include "providers/dialect.hpp"

#include <algorithm>

namespace byollm::test {

namespace {

// -- the smallest streams that have what a row is about -----------------------

std::string event(const std::string& name, const std::string& data) {
  return "event: " + name + "\ndata: " + data + "\n\n";
}

std::string anthropic_block(const std::string& block,
                            const std::vector<std::string>& pieces,
                            int index = 0) {
  auto at = R"("index":)" + std::to_string(index);
  auto out = event("content_block_start",
                   "{" + at + R"(,"content_block":)" + block + "}");
  for (const auto& piece : pieces)
    out
      += event("content_block_delta", "{" + at + R"(,"delta":)" + piece + "}");
  return out;
}

std::string anthropic(const std::string& blocks,
                      const std::string& stop = "end_turn",
                      const std::string& usage = "") {
  return event("message_start", R"({"message":{"model":"m","usage":{}}})")
         + blocks
         + event("message_delta", R"({"delta":{"stop_reason":")" + stop
                                    + R"("},"usage":{)" + usage + "}}")
         + event("message_stop", "{}");
}

std::string anthropic_tool(const std::string& id, int index) {
  return anthropic_block(
    R"({"type":"tool_use","id":")" + id + R"(","name":"f","input":{}})",
    {R"({"type":"input_json_delta","partial_json":"{\"n\""})",
     R"({"type":"input_json_delta","partial_json":":1}"})"},
    index);
}

std::string openai(const std::vector<std::string>& pieces,
                   const std::string& stop = "stop",
                   const std::string& usage = "") {
  std::string out;
  for (const auto& piece : pieces)
    out += R"(data: {"choices":[{"index":0,"delta":)" + piece + "}]}\n\n";
  out += R"(data: {"choices":[{"index":0,"delta":{},"finish_reason":")" + stop
         + "\"}]}\n\n";
  if (!usage.empty())
    out += R"(data: {"choices":[],"usage":{)" + usage + "}}\n\n";
  return out + "data: [DONE]\n\n";
}

std::string openai_call(int index, const std::string& rest) {
  return R"({"tool_calls":[{"index":)" + std::to_string(index) + "," + rest
         + "}]}";
}

std::string openai_tool(int index) {
  return openai_call(index, R"("id":"c)" + std::to_string(index)
                              + R"(","function":{"name":"f","arguments":""})");
}

std::string openai_arguments(int index, const std::string& text) {
  return openai_call(index, R"("function":{"arguments":")" + text + R"("})");
}

std::string ollama(const std::vector<std::string>& pieces,
                   const std::string& end = R"("done_reason":"stop")") {
  std::string out;
  for (const auto& piece : pieces)
    out += R"({"message":)" + piece + R"(,"done":false})" + "\n";
  return out + R"({"message":{"content":""},"done":true,)" + end + "}\n";
}

const auto ollama_call
  = R"({"tool_calls":[{"function":{"name":"f","arguments":{"n":1}}}]})";

answer_part text_part() {
  return {"text in pieces",
          {anthropic(anthropic_block(R"({"type":"text","text":""})",
                                     {R"({"type":"text_delta","text":"a"})"})),
           openai({R"({"content":"a"})"}), ollama({R"({"content":"a"})"})}};
}

answer_part one_call() {
  return {"a tool call, its arguments in pieces",
          {anthropic(anthropic_tool("c1", 0), "tool_use"),
           openai({openai_tool(0), openai_arguments(0, R"({\"n\")"),
                   openai_arguments(0, ":1}")},
                  "tool_calls"),
           ollama({ollama_call})}};
}

answer_part two_calls() {
  return {
    "two tool calls, interleaved where the protocol can",
    {anthropic(anthropic_tool("c1", 0) + anthropic_tool("c2", 1), "tool_use"),
     openai({openai_tool(0), openai_tool(1), openai_arguments(0, "{}"),
             openai_arguments(1, "{}")},
            "tool_calls"),
     ollama({ollama_call, ollama_call})}};
}

answer_part thoughts() {
  return {"thoughts",
          {anthropic(
             anthropic_block(R"({"type":"thinking","thinking":""})",
                             {R"({"type":"thinking_delta","thinking":"a"})"})),
           openai({R"({"reasoning_content":"a"})"}),
           ollama({R"({"thinking":"a"})"})}};
}

answer_part signature() {
  return {"a thought's signature",
          {anthropic(anthropic_block(
             R"({"type":"thinking","thinking":""})",
             {R"({"type":"signature_delta","signature":"s"})"})),
           "", ""}};
}

answer_part own_block() {
  return {
    "a block of the provider's own",
    {anthropic(anthropic_block(R"({"type":"web_search_tool_result"})", {})), "",
     ""}};
}

answer_part sign_of_life() {
  return {"a sign of life", {event("ping", "{}"), ": PROCESSING\n\n", ""}};
}

answer_part counts() {
  return {"counts",
          {anthropic("", "end_turn", R"("input_tokens":7,"output_tokens":3)"),
           openai({}, "stop", R"("prompt_tokens":7,"completion_tokens":3)"),
           ollama({}, R"("done_reason":"stop","prompt_eval_count":7,)"
                      R"("eval_count":3)")}};
}

answer_part cache_counts() {
  return {"counts of a cached prompt",
          {anthropic("", "end_turn",
                     R"("input_tokens":7,"cache_read_input_tokens":20,)"
                     R"("cache_creation_input_tokens":5,"output_tokens":3)"),
           openai({}, "stop",
                  R"("prompt_tokens":32,"prompt_tokens_details":)"
                  R"({"cached_tokens":20,"cache_write_tokens":5},)"
                  R"("completion_tokens":3)"),
           ""}};
}

answer_part thought_counts() {
  return {"counts of thoughts",
          {anthropic("", "end_turn",
                     R"("input_tokens":7,"output_tokens":9,)"
                     R"("output_tokens_details":{"thinking_tokens":6})"),
           openai({}, "stop",
                  R"("prompt_tokens":7,"completion_tokens":9,)"
                  R"("completion_tokens_details":{"reasoning_tokens":6})"),
           ""}};
}

answer_part cut_short() {
  return {"cut at `max_tokens`",
          {anthropic("", "max_tokens"), openai({}, "length"),
           ollama({}, R"("done_reason":"length")")}};
}

answer_part cut_call() {
  return {
    "a tool call cut at `max_tokens`",
    {anthropic(anthropic_block(
                 R"({"type":"tool_use","id":"c1","name":"f","input":{}})",
                 {R"({"type":"input_json_delta","partial_json":"{\"n\""})"}),
               "max_tokens"),
     openai({openai_tool(0), openai_arguments(0, R"({\"n\")")}, "length"), ""}};
}

answer_part stopped() {
  return {"stopped at a stop sequence",
          {anthropic("", R"(stop_sequence","stop_sequence":"END)"),
           openai({}, "stop"), ollama({})}};
}

answer_part refused() {
  return {"refused by the model or a filter",
          {anthropic("", "refusal"), openai({}, "content_filter"), ""}};
}

void add_counts(std::string& to, const token_usage& usage) {
  auto add = [&](std::string_view name, const std::optional<uint64_t>& count) {
    if (count)
      to.append(", ").append(name).append(" ").append(std::to_string(*count));
  };
  add("input", usage.input_uncached);
  add("cache read", usage.cache_read);
  add("cache write", usage.cache_write);
  add("output", usage.output);
  add("reasoning", usage.reasoning);
}

} // namespace

std::vector<answer_part> all_answer_parts() {
  return {text_part(),    one_call(),       two_calls(),    thoughts(),
          signature(),    own_block(),      sign_of_life(), counts(),
          cache_counts(), thought_counts(), cut_short(),    cut_call(),
          stopped(),      refused()};
}

std::string seen_of(std::string_view dialect, const std::string& stream) {
  if (stream.empty())
    return "no such thing in the protocol";
  auto decoder = find_dialect(dialect)->decoder(true);
  std::vector<wire_header> fields{{"content-type", dialect == "local-ollama"
                                                     ? "application/x-ndjson"
                                                     : "text/event-stream"}};
  std::vector<delta> deltas;
  if (!decoder->begin({200, fields}) || !decoder->feed(stream, deltas))
    return "not understood";
  std::string seen;
  std::string last;
  for (const auto& piece : deltas) {
    auto kind = "`" + std::string{to_string(piece.what)} + "` "
                + std::to_string(piece.index);
    if (piece.what == delta::kind::keep_alive)
      kind = "`keep_alive`";
    if (kind != last)
      seen.append(seen.empty() ? "" : ", ").append(kind);
    last = kind;
  }
  if (!decoder->ended())
    return seen;
  auto why = decoder->finish();
  if (why.code != errc::none)
    return "**fails**: " + why.detail;
  seen.append(seen.empty() ? "" : "; ").append("ends as `");
  seen.append(to_string(decoder->reply().stop)).append("`");
  if (!decoder->reply().stop_sequence.empty())
    seen += ", and says which";
  add_counts(seen, decoder->reply().usage);
  for (const auto& each : decoder->reply().losses)
    seen.append("; **lost**: ").append(each.why);
  return seen;
}

} // namespace byollm::test
