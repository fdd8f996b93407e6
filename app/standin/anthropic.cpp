// SPDX-License-Identifier: Apache-2.0
#include "app/standin/anthropic.hpp"
#include "app/standin/quirks.hpp"

namespace byollm::standin {

namespace {

std::string whole(const ask& from, const answer& what, uint64_t serial) {
  json_writer out;
  anthropic::write_head(from, serial, out);
  out.open_list("content");
  if (!what.words.empty())
    out.open().add("type", "text").add("text", what.text()).close();
  if (!what.tool.empty())
    out.open()
      .add("type", "tool_use")
      .add("id", anthropic::tool_use_id(serial))
      .add("name", what.tool)
      .add_raw("input", what.arguments)
      .close();
  out.close_list();
  anthropic::write_stop(what, out);
  out.open("usage")
    .add("input_tokens", what.input_tokens)
    .add("cache_creation_input_tokens", uint64_t{0})
    .add("cache_read_input_tokens", uint64_t{0})
    .add("output_tokens", what.output_tokens)
    .close();
  return out.close().str();
}

void write_model(std::string_view id, json_writer& out) {
  out.open()
    .add("type", "model")
    .add("id", id)
    .add("display_name", "byollm-standin, a stand-in LLM")
    .add("created_at", "2026-01-01T00:00:00Z")
    .close();
}

} // namespace

namespace anthropic {

const char* stop_name(stop_reason stop) noexcept {
  switch (stop) {
  case stop_reason::length:
    return "max_tokens";
  case stop_reason::stop_sequence:
    return "stop_sequence";
  case stop_reason::tool:
    return "tool_use";
  case stop_reason::end:
    break;
  }
  return "end_turn";
}

std::string tool_use_id(uint64_t serial) {
  return "toolu_standin_" + std::to_string(serial);
}

void write_head(const ask& from, uint64_t serial, json_writer& out) {
  out.open()
    .add("id", "msg_standin_" + std::to_string(serial))
    .add("type", "message")
    .add("role", "assistant")
    .add("model", from.model);
}

void write_stop(const answer& what, json_writer& out) {
  out.add("stop_reason", stop_name(what.stop));
  if (what.stopped_by.empty())
    out.add_null("stop_sequence");
  else
    out.add("stop_sequence", what.stopped_by);
}

} // namespace anthropic

http_answer anthropic_error(unsigned status, std::string_view type,
                            std::string_view message) {
  json_writer out;
  out.open().add("type", "error").open("error");
  out.add("type", type).add("message", message).close();
  return {status, "application/json", out.close().str(), {}};
}

http_answer anthropic_messages(const http_request& request, uint64_t serial) {
  http_answer result;
  rapidjson::Document body;
  ask what;
  if (!anthropic::check_head(request, result)
      || !anthropic::read_ask(request, body, what, result))
    return result;
  if (!what.tokens_max)
    return anthropic_error(400, "invalid_request_error",
                           "max_tokens: Field required");
  if (auto why = refusal_of_ask(what))
    return anthropic_refusal(*why);
  return anthropic_render(what, compose(what), serial);
}

http_answer anthropic_render(const ask& what, const answer& said,
                             uint64_t serial) {
  http_answer result;
  if (!what.stream) {
    result.body = whole(what, said, serial);
    return result;
  }
  result.content_type = event_stream;
  result.pieces = anthropic::events(what, said, serial);
  return result;
}

http_answer anthropic_count_tokens(const http_request& request) {
  http_answer result;
  rapidjson::Document body;
  ask what;
  if (!anthropic::check_head(request, result)
      || !anthropic::read_ask(request, body, what, result))
    return result;
  json_writer out;
  result.body = out.open().add("input_tokens", what.input_tokens).close().str();
  return result;
}

http_answer anthropic_models(const http_request& request) {
  http_answer result;
  if (!anthropic::check_head(request, result))
    return result;
  json_writer out;
  constexpr std::string_view list = "/v1/models";
  if (request.path.size() > list.size() + 1) {
    write_model(request.path.substr(list.size() + 1), out);
  } else {
    out.open().open_list("data");
    for (auto name : listed_models)
      write_model(name, out);
    out.close_list().add("has_more", false);
    out.add("first_id", listed_models.front());
    out.add("last_id", listed_models.back()).close();
  }
  result.body = out.str();
  return result;
}

} // namespace byollm::standin
