// SPDX-License-Identifier: Apache-2.0
#include "actors/request_rules.hpp"

#include "messages/limits.hpp"

#include <algorithm>

namespace byollm {

namespace {

failure bad(std::string name, std::string detail) {
  return {errc::invalid_request, std::move(detail), std::move(name)};
}

size_t size_of(const content_block& block) {
  struct sizer {
    size_t operator()(const text_block& x) const {
      return x.text.size();
    }
    size_t operator()(const image_block& x) const {
      return x.data.size() + x.url.size() + x.media_type.size();
    }
    size_t operator()(const tool_use_block& x) const {
      return x.id.size() + x.name.size() + x.input_json.size();
    }
    size_t operator()(const tool_result_block& x) const {
      auto total = x.tool_use_id.size() + x.text.size();
      for (const auto& image : x.images)
        total += (*this)(image);
      return total;
    }
    size_t operator()(const thinking_block& x) const {
      return x.text.size() + x.signature.size();
    }
    size_t operator()(const opaque_block& x) const {
      return x.dialect.size() + x.json.size();
    }
  };
  return std::visit(sizer{}, block);
}

size_t size_of(const create_message_request& request) {
  auto total = request.system.size();
  for (const auto& block : request.system_blocks)
    total += block.text.size();
  if (request.output)
    total += request.output->schema_json.size();
  if (request.extra)
    total += request.extra->fields_json.size();
  for (const auto& message : request.messages)
    for (const auto& block : message.content)
      total += size_of(block);
  for (const auto& offered : request.tools)
    total += offered.name.size() + offered.description.size()
             + offered.input_schema_json.size();
  return total;
}

status check_messages(const create_message_request& request) {
  if (request.messages.empty())
    return bad("messages", "there is no message");
  if (request.messages.size() > limits::messages_max)
    return failure{errc::limit_exceeded, "more than 10,000 messages",
                   "messages"};
  auto empty = [](const chat_message& x) { return x.content.empty(); };
  if (std::any_of(request.messages.begin(), request.messages.end(), empty))
    return bad("messages", "a message has no content");
  if (size_of(request) > limits::request_bytes_max)
    return failure{errc::limit_exceeded, "the request has more than 32 MiB",
                   "messages"};
  return unit{};
}

status check_tools(const create_message_request& request) {
  for (const auto& offered : request.tools)
    if (offered.name.empty() || offered.name.size() > 128)
      return bad("tools", "a tool's name has 1 to 128 bytes");
  if (!request.choice || request.choice->how != tool_choice::mode::one)
    return unit{};
  auto named = std::any_of(
    request.tools.begin(), request.tools.end(),
    [&](const tool& x) { return x.name == request.choice->name; });
  if (!named)
    return bad("tool_choice", "the chosen tool is not among the tools");
  return unit{};
}

bool is_format_name(std::string_view name) noexcept {
  return !name.empty() && name.size() <= 64
         && name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                   "abcdefghijklmnopqrstuvwxyz0123456789_-")
              == std::string_view::npos;
}

status check_wishes(const create_message_request& request) {
  if (!request.system.empty() && !request.system_blocks.empty())
    return bad("system", "the system prompt is one text, or blocks");
  if (request.output && !is_format_name(request.output->name))
    return bad("output", "a format's name has 1 to 64 bytes of [A-Za-z0-9_-]");
  if (request.thinking && request.thinking->budget_tokens
      && (*request.thinking->budget_tokens < 1
          || *request.thinking->budget_tokens > limits::max_tokens_max))
    return bad("thinking", "a budget has 1 to 10,000,000 tokens");
  if (request.extra && request.extra->dialect.empty())
    return bad("extra", "extra fields name their dialect");
  return unit{};
}

// What requests of all kinds have.
status check_names(const create_message_request& request) {
  if (!request.purpose.empty() && !is_valid_id(request.purpose))
    return bad("purpose", "a purpose has 1 to 128 bytes of [A-Za-z0-9._:@-]");
  if (!request.id.empty() && !is_valid_id(request.id))
    return bad("id", "a call id has 1 to 128 bytes of [A-Za-z0-9._:@-]");
  return check_ranges(request.params);
}

status check_embedding(const embedding_input& input) {
  if (input.texts.empty() || input.texts.size() > limits::embedding_texts_max)
    return bad("input", "there are 1 to 2,048 texts");
  size_t total = 0;
  for (const auto& text : input.texts) {
    if (text.empty())
      return bad("input", "a text is empty");
    total += text.size();
  }
  if (total > limits::request_bytes_max)
    return failure{errc::limit_exceeded, "the texts have more than 32 MiB",
                   "input"};
  if (input.dimensions
      && (*input.dimensions == 0
          || *input.dimensions > limits::embedding_dimensions_max))
    return bad("dimensions", "a vector has 1 to 65,536 dimensions");
  return unit{};
}

status check_message(const create_message_request& request) {
  if (auto valid = check_messages(request); !valid)
    return valid;
  if (auto valid = check_tools(request); !valid)
    return valid;
  if (auto valid = check_wishes(request); !valid)
    return valid;
  return check_names(request);
}

} // namespace

status check_order(const call_order& order) {
  switch (order.kind) {
  case call_kind::models:
    return unit{};
  case call_kind::message:
  case call_kind::count:
    return check_message(*order.request);
  case call_kind::embeddings:
    if (auto valid = check_embedding(*order.embed); !valid)
      return valid;
    return check_names(*order.request);
  }
  return unit{};
}

} // namespace byollm
