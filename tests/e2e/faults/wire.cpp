// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/faults/wire.hpp"

#include "tests/support/scripted_upstream.hpp"

namespace byollm::test::wire {

namespace {

std::string quoted(std::string_view text) {
  return text.empty() ? "null" : "\"" + std::string{text} + "\"";
}

std::string event(std::string_view name, const std::string& data) {
  return "event: " + std::string{name} + "\ndata: " + data + "\n\n";
}

std::string chunk_of(const std::string& delta, std::string_view end,
                     std::string_view more = {}) {
  std::string data = R"({"id":"c1","object":"chat.completion.chunk",)"
                     R"("model":"some-model","choices":[{"index":0,"delta":)";
  data.append(delta).append(R"(,"finish_reason":)").append(quoted(end));
  return "data: " + data.append("}]").append(more).append("}\n\n");
}

std::string line_of(std::string_view text) {
  return R"({"model":"some-model","message":{"role":"assistant","content":)"
         + ("\"" + std::string{text}) + R"("},"done":)";
}

std::string done_of(std::string_view end) {
  return R"(true,"done_reason":)" + quoted(end.empty() ? "stop" : end)
         + R"(,"prompt_eval_count":10,"eval_count":5})";
}

constexpr std::string_view openai_usage
  = R"("usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15})";

std::string head(tongue in, std::string_view status, std::string_view type,
                 std::string_view more) {
  std::string made = "HTTP/1.1 ";
  made.append(status).append("\r\nConnection: close\r\nContent-Type: ");
  made.append(type).append("\r\n");
  if (auto id = request_id_of(in); !id.empty())
    made.append(in == tongue::anthropic ? "request-id: " : "x-request-id: ")
      .append(id)
      .append("\r\n");
  return made.append(more).append("\r\n");
}

std::string stream_type(tongue in) {
  return in == tongue::ollama ? "application/x-ndjson" : "text/event-stream";
}

} // namespace

std::string_view provider_of(tongue in) noexcept {
  constexpr std::string_view names[] = {"anthropic", "openai", "local-ollama"};
  return names[static_cast<size_t>(in)];
}

std::string_view request_id_of(tongue in) noexcept {
  constexpr std::string_view ids[] = {"req_011a", "req_022o", ""};
  return ids[static_cast<size_t>(in)];
}

// -- answers ------------------------------------------------------------------

std::string whole(tongue in, std::string_view text, std::string_view end) {
  std::string said{text};
  switch (in) {
  case tongue::anthropic:
    return R"({"id":"msg_1","type":"message","role":"assistant",)"
           R"("model":"some-model","content":[)"
           + (said.empty() ? said : R"({"type":"text","text":")" + said + "\"}")
           + R"(],"stop_reason":)" + quoted(end.empty() ? "end_turn" : end)
           + R"(,"usage":{"input_tokens":10,"output_tokens":5}})";
  case tongue::openai:
    return R"({"id":"c1","object":"chat.completion","model":"some-model",)"
           R"("choices":[{"index":0,"message":{"role":"assistant","content":")"
           + said + R"("},"finish_reason":)"
           + quoted(end.empty() ? "stop" : end) + "}],"
           + std::string{openai_usage} + "}";
  case tongue::ollama:
    break;
  }
  return line_of(text) + done_of(end);
}

std::string opening(tongue in) {
  switch (in) {
  case tongue::anthropic:
    return event("message_start",
                 R"({"type":"message_start","message":{"id":"msg_1",)"
                 R"("model":"some-model","content":[],"usage":)"
                 R"({"input_tokens":10,"output_tokens":1}}})")
           + event("content_block_start",
                   R"({"type":"content_block_start","index":0,)"
                   R"("content_block":{"type":"text","text":""}})");
  case tongue::openai:
    return chunk_of(R"({"role":"assistant","content":""})", {});
  case tongue::ollama:
    break;
  }
  return {};
}

std::string says(tongue in, std::string_view text) {
  auto said = quoted(text);
  switch (in) {
  case tongue::anthropic:
    return event("content_block_delta",
                 R"({"type":"content_block_delta","index":0,)"
                 R"("delta":{"type":"text_delta","text":)"
                   + said + "}}");
  case tongue::openai:
    return chunk_of(R"({"content":)" + said + "}", {});
  case tongue::ollama:
    break;
  }
  return line_of(text) + "false}\n";
}

std::string life(tongue in) {
  switch (in) {
  case tongue::anthropic:
    return event("ping", R"({"type":"ping"})");
  case tongue::openai:
    return ": still at work\n\n";
  case tongue::ollama:
    break;
  }
  return {};
}

std::string closing(tongue in, std::string_view end) {
  switch (in) {
  case tongue::anthropic:
    return event("content_block_stop",
                 R"({"type":"content_block_stop","index":0})")
           + event("message_delta",
                   R"({"type":"message_delta","delta":{"stop_reason":)"
                     + quoted(end.empty() ? "end_turn" : end)
                     + R"(},"usage":{"output_tokens":5}})");
  case tongue::openai:
    return chunk_of("{}", end.empty() ? "stop" : end,
                    "," + std::string{openai_usage});
  case tongue::ollama:
    break;
  }
  return {};
}

std::string marker(tongue in) {
  switch (in) {
  case tongue::anthropic:
    return event("message_stop", R"({"type":"message_stop"})");
  case tongue::openai:
    return "data: [DONE]\n\n";
  case tongue::ollama:
    break;
  }
  return line_of({}) + done_of({}) + "\n";
}

std::string error_body(tongue in, const trouble& what) {
  auto words = quoted(what.words);
  switch (in) {
  case tongue::anthropic:
    return R"({"type":"error","error":{"type":)" + quoted(what.type)
           + R"(,"message":)" + words + "}}";
  case tongue::openai:
    return R"({"error":{"message":)" + words + R"(,"type":)" + quoted(what.type)
           + R"(,"param":null,"code":)" + quoted(what.code) + "}}";
  case tongue::ollama:
    break;
  }
  return R"({"error":)" + words + "}";
}

std::string error_event(tongue in, const trouble& what) {
  switch (in) {
  case tongue::anthropic:
    return event("error", error_body(in, what));
  case tongue::openai:
    return "data: " + error_body(in, what) + "\n\n";
  case tongue::ollama:
    break;
  }
  return error_body(in, what) + "\n";
}

// -- HTTP ---------------------------------------------------------------------

std::string response(tongue in, unsigned status, std::string_view body,
                     std::string_view more_headers) {
  std::string more{more_headers};
  more += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  return head(in, std::to_string(status) + " Whatever", "application/json",
              more)
    .append(body);
}

std::string head_of(tongue in, size_t length) {
  return head(in, "200 OK", "application/json",
              "Content-Length: " + std::to_string(length) + "\r\n");
}

std::string chunked_head_of(tongue in, bool stream) {
  return head(in, "200 OK", stream ? stream_type(in) : "application/json",
              "Transfer-Encoding: chunked\r\n");
}

std::string last_chunk() {
  return "0\r\n\r\n";
}

} // namespace byollm::test::wire
