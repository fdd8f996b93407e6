// SPDX-License-Identifier: Apache-2.0
#include "providers/kinds/shared/encoding.hpp"

#include "messages/limits.hpp"
#include "providers/json/document.hpp"
#include "providers/json/text.hpp"

namespace byollm::kinds {

namespace {

status check_image(const image_block& image) {
  if (image.data.empty() == image.url.empty())
    return invalid_request("messages", "an image needs either data or a URL");
  if (!image.data.empty() && image.media_type.empty())
    return invalid_request("messages", "image data needs a media type");
  return unit{};
}

status check_block(const content_block& block, role who) {
  if (std::holds_alternative<text_block>(block)
      || std::holds_alternative<opaque_block>(block))
    return unit{};
  if (auto* image = std::get_if<image_block>(&block)) {
    if (who != role::user)
      return invalid_request("messages", "only a user message holds images");
    return check_image(*image);
  }
  if (auto* result = std::get_if<tool_result_block>(&block)) {
    if (who != role::user)
      return invalid_request("messages",
                             "only a user message holds tool results");
    for (const auto& image : result->images)
      if (auto good = check_image(image); !good)
        return good;
    return unit{};
  }
  if (who != role::assistant)
    return invalid_request(
      "messages", "only an assistant message holds tool uses and thinking");
  return unit{};
}

status check_choice(const create_message_request& request) {
  if (!request.choice)
    return unit{};
  auto how = request.choice->how;
  if (how != tool_choice::mode::any && how != tool_choice::mode::one)
    return unit{};
  for (auto& known : request.tools)
    if (how == tool_choice::mode::any || known.name == request.choice->name)
      return unit{};
  return invalid_request("tool_choice", "there is no such tool to choose");
}

/// Whether a segment of `path` names a version: "v" and a digit.
bool has_version(std::string_view path) noexcept {
  for (size_t at = path.find("/v"); at != std::string_view::npos;
       at = path.find("/v", at + 1))
    if (at + 2 < path.size() && path[at + 2] >= '0' && path[at + 2] <= '9')
      return true;
  return false;
}

size_t size_of(const content_block& block) noexcept {
  constexpr size_t frame = 64;
  return frame
         + std::visit(
           overloaded{
             [](const text_block& text) { return text.text.size(); },
             [](const image_block& image) {
               return image.data.size() + image.url.size();
             },
             [](const tool_use_block& use) {
               return use.id.size() + use.name.size() + use.input_json.size();
             },
             [](const tool_result_block& result) {
               auto total = result.tool_use_id.size() + result.text.size();
               for (const auto& image : result.images)
                 total += image.data.size() + image.url.size();
               return total;
             },
             [](const thinking_block& thought) {
               return thought.text.size() + thought.signature.size();
             },
             [](const opaque_block& opaque) { return opaque.json.size(); },
           },
           block);
}

} // namespace

failure invalid_request(std::string_view parameter, std::string_view detail) {
  return {.code = errc::invalid_request,
          .detail = std::string{detail},
          .parameter = std::string{parameter}};
}

status check_request(const create_message_request& request) {
  if (request.messages.empty())
    return invalid_request("messages", "there is no message");
  for (auto& message : request.messages) {
    if (message.content.empty())
      return invalid_request("messages", "a message is empty");
    for (auto& block : message.content)
      if (auto good = check_block(block, message.who); !good)
        return good;
  }
  return check_choice(request);
}

std::string versioned_target(const base_url& url, std::string_view endpoint) {
  auto result = url.path();
  if (!has_version(result))
    result += "/v1";
  return result.append(endpoint);
}

status append_object(json::writer& to, std::string_view text,
                     std::string_view parameter) {
  if (text.empty())
    text = "{}";
  std::string scratch;
  auto sound = json::repaired(text, scratch);
  switch (json::check(sound, true)) {
  case json::verdict::malformed:
    return invalid_request(parameter, "not a JSON object");
  case json::verdict::too_large:
    return failure{.code = errc::limit_exceeded,
                   .detail = "the JSON is nested too deep or has too many "
                             "parts",
                   .parameter = std::string{parameter}};
  case json::verdict::good:
    break;
  }
  to.checked(sound);
  return unit{};
}

std::string_view wire_name(const provider_traits& traits, parameter which,
                           std::string_view model,
                           std::string_view otherwise) noexcept {
  for (const auto& rule : traits.rules)
    if (rule.which == which && rule.does == parameter_rule::action::rename
        && model.starts_with(rule.model_prefix))
      return rule.wire_name;
  return otherwise;
}

void append_sampling(json::writer& to, const parameters& params) {
  auto number = [&](const char* name, const std::optional<double>& value) {
    if (value)
      to.key(name).number(*value);
  };
  number("temperature", params.temperature);
  number("top_p", params.top_p);
  number("presence_penalty", params.presence_penalty);
  number("frequency_penalty", params.frequency_penalty);
  if (params.stop_sequences && !params.stop_sequences->empty()) {
    to.key("stop").begin_array();
    for (auto& text : *params.stop_sequences)
      to.string(text);
    to.end_array();
  }
}

status append_functions(json::writer& to, const std::vector<tool>& tools) {
  if (tools.empty())
    return unit{};
  to.key("tools").begin_array();
  for (auto& known : tools) {
    to.begin_object().member("type", "function").key("function");
    to.begin_object().member("name", known.name);
    if (!known.description.empty())
      to.member("description", known.description);
    if (!known.input_schema_json.empty()) {
      to.key("parameters");
      auto good = append_object(to, known.input_schema_json, "tools");
      if (!good)
        return good;
    }
    to.end_object().end_object();
  }
  to.end_array();
  return unit{};
}

std::string system_text(const create_message_request& request) {
  auto result = request.system;
  for (const auto& block : request.system_blocks)
    if (!block.text.empty())
      result.append(result.empty() ? "" : "\n\n").append(block.text);
  return result;
}

std::string joined_text(const chat_message& message) {
  std::string result;
  for (auto& block : message.content) {
    auto* text = std::get_if<text_block>(&block);
    if (!text || text->text.empty())
      continue;
    if (!result.empty())
      result += '\n';
    result += text->text;
  }
  return result;
}

wire_request json_post(std::string target, bool stream) {
  wire_request result;
  result.target = std::move(target);
  result.headers.push_back({"content-type", "application/json"});
  result.headers.push_back(
    {"accept", stream ? "text/event-stream, application/x-ndjson, "
                        "application/json"
                      : "application/json"});
  return result;
}

wire_request json_get(std::string target) {
  wire_request result;
  result.target = std::move(target);
  result.headers.push_back({"accept", "application/json"});
  result.method = http_method::get;
  return result;
}

expected<wire_request> checked(wire_request request) {
  if (request.body.size() > limits::request_bytes_max)
    return failure{.code = errc::limit_exceeded,
                   .detail = "the request is too long",
                   .parameter = "request_bytes"};
  return request;
}

size_t body_size_hint(const create_message_request& request) noexcept {
  size_t result = 512 + request.system.size();
  for (auto& message : request.messages)
    for (auto& block : message.content)
      result += size_of(block);
  for (auto& known : request.tools)
    result += 128 + known.name.size() + known.description.size()
              + known.input_schema_json.size();
  // Room for escapes: about one character in sixteen.
  return result + result / 16;
}

} // namespace byollm::kinds
