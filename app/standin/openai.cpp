// SPDX-License-Identifier: Apache-2.0
#include "app/standin/openai.hpp"
#include "app/standin/quirks.hpp"

namespace byollm::standin {

namespace {

void read_tools(const rapidjson::Value& body, ask& out) {
  auto tools = member(body, "tools");
  if (tools && tools->IsArray())
    for (auto& tool : tools->GetArray())
      if (auto function = member(tool, "function"))
        out.tools.push_back(
          {text_member(*function, "name"), member(*function, "parameters")});
  auto choice = member(body, "tool_choice");
  if (!choice)
    return;
  if (choice->IsString()) {
    out.tools_forbidden = as_text(*choice) == "none";
    out.tools_required = as_text(*choice) == "required";
  } else if (auto function = member(*choice, "function")) {
    out.required_tool = text_member(*function, "name");
  }
}

void read_limits(const rapidjson::Value& body, ask& out) {
  for (auto name : {"max_tokens", "max_completion_tokens"})
    if (auto value = member(body, name); value && value->IsUint64())
      out.tokens_max = value->GetUint64();
  read_stop(member(body, "stop"), out);
  note_parameters(body,
                  {"temperature", "top_p", "max_tokens",
                   "max_completion_tokens", "stop", "presence_penalty",
                   "frequency_penalty", "seed", "reasoning_effort"},
                  out);
}

ask read_ask(const rapidjson::Value& body) {
  ask result;
  result.model = text_member(body, "model");
  auto stream = member(body, "stream");
  result.stream = stream && stream->IsTrue();
  if (auto stream_options = member(body, "stream_options")) {
    auto usage = member(*stream_options, "include_usage");
    result.include_usage = usage && usage->IsTrue();
  }
  read_limits(body, result);
  read_tools(body, result);
  if (auto format = member(body, "response_format")) {
    if (auto form = member(*format, "json_schema"))
      result.output = member(*form, "schema");
    else if (text_member(*format, "type") == "json_object")
      result.output = format;
  }
  for (auto& message : member(body, "messages")->GetArray())
    take_message(text_member(message, "role"),
                 read_content(member(message, "content"), result), result);
  return result;
}

std::string whole(const ask& from, const answer& what, uint64_t serial) {
  json_writer out;
  openai::write_head(from, serial, "chat.completion", out);
  out.open_list("choices").open().add("index", uint64_t{0});
  out.open("message")
    .add("role", "assistant")
    .add("content", what.text())
    .add_null("refusal");
  if (!what.tool.empty())
    out.open_list("tool_calls")
      .open()
      .add("id", openai::call_id(serial))
      .add("type", "function")
      .open("function")
      .add("name", what.tool)
      .add("arguments", what.arguments)
      .close()
      .close()
      .close_list();
  out.close()
    .add_null("logprobs")
    .add("finish_reason", openai::finish_reason(what.stop))
    .close()
    .close_list();
  openai::write_usage(what, out);
  return out.close().str();
}

} // namespace

http_answer openai_chat(const http_request& request, uint64_t serial) {
  http_answer result;
  if (!openai::check_key(request, result))
    return result;
  rapidjson::Document body;
  if (!parse_body(request.body, body))
    return openai_error(400, "invalid_request_error", "",
                        "We could not parse the JSON body of your request.");
  auto messages = member(body, "messages");
  if (text_member(body, "model").empty() || !messages || !messages->IsArray()
      || messages->Empty())
    return openai_error(400, "invalid_request_error", "",
                        "`model` and a non-empty `messages` are required.");
  auto what = read_ask(body);
  if (auto why = refusal_of_ask(what))
    return openai_refusal(*why);
  return openai_render(what, compose(what), serial);
}

http_answer openai_render(const ask& what, const answer& said,
                          uint64_t serial) {
  http_answer result;
  if (!what.stream) {
    result.body = whole(what, said, serial);
    return result;
  }
  result.content_type = event_stream;
  result.pieces = openai::chunks(what, said, serial);
  return result;
}

} // namespace byollm::standin
