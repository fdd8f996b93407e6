// SPDX-License-Identifier: Apache-2.0
#include "app/standin/dialects.hpp"
#include "app/standin/quirks.hpp"

namespace byollm::standin {

namespace {

void read_options(const rapidjson::Value& body, ask& out) {
  auto options = member(body, "options");
  if (!options)
    return;
  // A negative count means no limit there.
  auto limit = member(*options, "num_predict");
  if (limit && limit->IsUint64())
    out.tokens_max = limit->GetUint64();
  read_stop(member(*options, "stop"), out);
  note_parameters(*options,
                  {"temperature", "top_p", "top_k", "num_predict", "stop",
                   "presence_penalty", "frequency_penalty", "seed"},
                  out);
}

ask read_ask(const rapidjson::Value& body) {
  ask result;
  result.model = text_member(body, "model");
  auto stream = member(body, "stream");
  result.stream = !stream || !stream->IsFalse();
  read_options(body, result);
  note_parameters(body, {"think"}, result);
  // A schema, or "json" for any object.
  if (auto format = member(body, "format"); format && !format->IsNull())
    result.output = format;
  auto tools = member(body, "tools");
  if (tools && tools->IsArray())
    for (auto& tool : tools->GetArray())
      if (auto function = member(tool, "function"))
        result.tools.push_back(
          {text_member(*function, "name"), member(*function, "parameters")});
  for (auto& message : member(body, "messages")->GetArray()) {
    if (auto images = member(message, "images"); images && images->IsArray())
      result.images += images->Size();
    take_message(text_member(message, "role"),
                 read_content(member(message, "content"), result), result);
  }
  return result;
}

/// Opens an object that holds a message of ours with `text`.
void write_head(const ask& from, std::string_view text, json_writer& out) {
  out.open().add("model", from.model).add("created_at", utc_time());
  out.open("message").add("role", "assistant").add("content", text);
}

void write_tool_call(const answer& what, json_writer& out) {
  out.open_list("tool_calls")
    .open()
    .open("function")
    .add("name", what.tool)
    .add_raw("arguments", what.arguments)
    .close()
    .close()
    .close_list();
}

void write_end(const answer& what, json_writer& out) {
  auto reason = what.stop == stop_reason::length ? "length" : "stop";
  // A millisecond a token: a duration need only be plausible.
  constexpr uint64_t token_ns = 1'000'000;
  out.add("done", true)
    .add("done_reason", reason)
    .add("total_duration", (what.input_tokens + what.output_tokens) * token_ns)
    .add("load_duration", token_ns)
    .add("prompt_eval_count", what.input_tokens)
    .add("prompt_eval_duration", what.input_tokens * token_ns)
    .add("eval_count", what.output_tokens)
    .add("eval_duration", what.output_tokens * token_ns)
    .close();
}

std::string whole(const ask& from, const answer& what) {
  json_writer out;
  write_head(from, what.text(), out);
  if (!what.tool.empty())
    write_tool_call(what, out);
  out.close();
  write_end(what, out);
  return out.str();
}

std::vector<stream_piece> lines(const ask& from, const answer& what) {
  std::vector<stream_piece> result;
  for (auto& word : what.words) {
    json_writer out;
    write_head(from, word, out);
    out.close().add("done", false).close();
    result.push_back({out.str() + '\n', true});
  }
  if (!what.tool.empty()) {
    json_writer out;
    write_head(from, "", out);
    write_tool_call(what, out);
    out.close().add("done", false).close();
    result.push_back({out.str() + '\n', true});
  }
  json_writer out;
  write_head(from, "", out);
  out.close();
  write_end(what, out);
  result.push_back({out.str() + '\n', false});
  return result;
}

} // namespace

http_answer ollama_error(unsigned status, std::string_view message) {
  json_writer out;
  out.open().add("error", message).close();
  return {status, "application/json", out.str(), {}};
}

http_answer ollama_chat(const http_request& request) {
  if (auto why = refusal_of_key(bearer(request)))
    return ollama_refusal(*why);
  rapidjson::Document body;
  if (!parse_body(request.body, body))
    return ollama_error(400, "invalid JSON in the request body");
  auto messages = member(body, "messages");
  if (text_member(body, "model").empty() || !messages || !messages->IsArray())
    return ollama_error(400, "model and messages are required");
  auto what = read_ask(body);
  if (auto why = refusal_of_ask(what))
    return ollama_refusal(*why);
  return ollama_render(what, compose(what));
}

http_answer ollama_render(const ask& what, const answer& said) {
  http_answer result;
  if (!what.stream) {
    result.body = whole(what, said);
    return result;
  }
  result.content_type = json_lines;
  result.pieces = lines(what, said);
  return result;
}

http_answer ollama_tags(const http_request& request) {
  if (auto why = refusal_of_key(bearer(request)))
    return ollama_refusal(*why);
  json_writer out;
  out.open().open_list("models").open();
  out.add("name", "standin-1:latest").add("model", "standin-1:latest");
  out.add("modified_at", "2026-01-01T00:00:00Z").add("size", uint64_t{0});
  out.add("digest", "").open("details").add("family", "standin").close();
  out.close().close_list().close();
  return {200, "application/json", out.str(), {}};
}

} // namespace byollm::standin
