// SPDX-License-Identifier: Apache-2.0
#include "app/standin/anthropic.hpp"
#include "app/standin/quirks.hpp"

namespace byollm::standin::anthropic {

namespace {

http_answer invalid(std::string_view message) {
  return anthropic_error(400, "invalid_request_error", message);
}

void read_tools(const rapidjson::Value& body, ask& out) {
  auto tools = member(body, "tools");
  if (tools && tools->IsArray())
    for (auto& tool : tools->GetArray())
      out.tools.push_back(
        {text_member(tool, "name"), member(tool, "input_schema")});
  auto choice = member(body, "tool_choice");
  if (!choice)
    return;
  auto type = text_member(*choice, "type");
  out.tools_forbidden = type == "none";
  out.tools_required = type == "any";
  if (type == "tool")
    out.required_tool = text_member(*choice, "name");
}

/// Returns the first `tool_result` block of `content`, or null.
const rapidjson::Value* find_tool_result(const rapidjson::Value* content) {
  if (content && content->IsArray())
    for (auto& block : content->GetArray())
      if (text_member(block, "type") == "tool_result")
        return &block;
  return nullptr;
}

void read_message(const rapidjson::Value& message, ask& out) {
  auto content = member(message, "content");
  auto text = read_content(content, out);
  if (auto result = find_tool_result(content))
    take_message("tool", read_content(member(*result, "content"), out), out);
  else
    take_message(text_member(message, "role"), std::move(text), out);
}

} // namespace

bool check_head(const http_request& request, http_answer& refusal) {
  auto key = request.x_api_key.empty() ? bearer(request) : request.x_api_key;
  if (auto why = refusal_of_key(key)) {
    refusal = anthropic_refusal(*why);
    return false;
  }
  if (key.empty()) {
    refusal = anthropic_error(401, "authentication_error",
                              "x-api-key header is required");
    return false;
  }
  if (request.anthropic_version.empty()) {
    refusal = invalid("anthropic-version: header is required");
    return false;
  }
  return true;
}

bool read_ask(const http_request& request, rapidjson::Document& body, ask& out,
              http_answer& refusal) {
  if (!parse_body(request.body, body)) {
    refusal = invalid("The request body is not valid JSON.");
    return false;
  }
  auto messages = member(body, "messages");
  out.model = text_member(body, "model");
  if (out.model.empty() || !messages || !messages->IsArray()
      || messages->Empty()) {
    refusal = invalid("model and a non-empty messages: Field required");
    return false;
  }
  if (auto limit = member(body, "max_tokens"); limit && limit->IsUint64())
    out.tokens_max = limit->GetUint64();
  auto stream = member(body, "stream");
  out.stream = stream && stream->IsTrue();
  read_stop(member(body, "stop_sequences"), out);
  note_parameters(
    body, {"temperature", "top_p", "top_k", "max_tokens", "stop_sequences"},
    out);
  read_tools(body, out);
  if (auto config = member(body, "output_config"))
    if (auto format = member(*config, "format"))
      out.output = member(*format, "schema");
  read_content(member(body, "system"), out);
  for (auto& message : messages->GetArray())
    read_message(message, out);
  return true;
}

} // namespace byollm::standin::anthropic
