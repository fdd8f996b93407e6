// SPDX-License-Identifier: Apache-2.0
// OpenAI chat completions, and whatever speaks its dialect:
// POST /v1/chat/completions.
#include "providers/kinds/openai_answer.hpp"
#include "providers/kinds/shared/embeddings.hpp"
#include "providers/kinds/shared/encoding.hpp"
#include "providers/kinds/shared/extras.hpp"
#include "providers/kinds/shared/losses.hpp"
#include "providers/kinds/shared/models.hpp"

#include <array>
#include <utility>

namespace byollm::kinds {

namespace {

// Models that think before they answer take other parameters.
constexpr std::array reasoning_models = {"gpt-5", "o1", "o3", "o4"};
// Those of them that can be kept from it.
constexpr std::array sparing_models = {"gpt-5."};
// OpenAI's own that do not think, and refuse to be told how much.
constexpr std::array plain_models = {"gpt-4", "gpt-3.5", "chatgpt-"};

constexpr places openai_places = {
  .name = "openai",
  .in_words = "OpenAI's dialect",
  .seed = true,
  .user_id = true,
  .one_at_a_time = true,
  .own_blocks = places::by_user,
};

// What `encode` writes, so that no extra field says it again.
constexpr std::array<std::string_view, 19> openai_fields = {
  "model",
  "messages",
  "tools",
  "tool_choice",
  "max_tokens",
  "max_completion_tokens",
  "stream",
  "stream_options",
  "user",
  "temperature",
  "top_p",
  "presence_penalty",
  "stop",
  "response_format",
  "frequency_penalty",
  "seed",
  "n",
  "reasoning_effort",
  "parallel_tool_calls",
};

// -- messages -----------------------------------------------------------------

void append_text_part(json::writer& to, std::string_view text) {
  to.begin_object().member("type", "text").member("text", text).end_object();
}

void append_image_part(json::writer& to, const image_block& image) {
  auto url = image.url;
  if (url.empty())
    url.append("data:")
      .append(image.media_type)
      .append(";base64,")
      .append(image.data);
  to.begin_object().member("type", "image_url").key("image_url");
  to.begin_object().member("url", url).end_object().end_object();
}

void append_tool_result(json::writer& to, const tool_result_block& result) {
  to.begin_object().member("role", "tool");
  to.member("tool_call_id", result.tool_use_id).member("content", result.text);
  to.end_object();
}

/// Appends a user message: tool results are messages of their own here, and
/// must follow the calls directly.
status append_user(json::writer& to, const chat_message& message) {
  std::vector<const content_block*> parts;
  for (auto& block : message.content) {
    auto* opaque = std::get_if<opaque_block>(&block);
    if (auto* result = std::get_if<tool_result_block>(&block))
      append_tool_result(to, *result);
    else if (!opaque || opaque->dialect == "openai")
      parts.push_back(&block);
  }
  if (parts.empty())
    return unit{};
  to.begin_object().member("role", "user").key("content");
  auto* only = std::get_if<text_block>(parts.front());
  if (parts.size() == 1 && only) {
    // Many servers take nothing but a string.
    to.string(only->text).end_object();
    return unit{};
  }
  to.begin_array();
  for (auto* part : parts) {
    if (auto* text = std::get_if<text_block>(part))
      append_text_part(to, text->text);
    else if (auto* image = std::get_if<image_block>(part))
      append_image_part(to, *image);
    else if (auto* opaque = std::get_if<opaque_block>(part))
      if (auto good = append_object(to, opaque->json, "messages"); !good)
        return good;
  }
  to.end_array().end_object();
  return unit{};
}

status append_tool_uses(json::writer& to, const chat_message& message) {
  bool any = false;
  for (auto& block : message.content) {
    auto* use = std::get_if<tool_use_block>(&block);
    if (!use)
      continue;
    if (!std::exchange(any, true))
      to.key("tool_calls").begin_array();
    // Arguments travel as a string here; it must still hold an object.
    std::string arguments;
    json::writer inner{arguments};
    if (auto good = append_object(inner, use->input_json, "messages"); !good)
      return good;
    to.begin_object().member("id", use->id).member("type", "function");
    to.key("function").begin_object().member("name", use->name);
    to.member("arguments", arguments).end_object().end_object();
  }
  if (any)
    to.end_array();
  return unit{};
}

/// Appends an assistant message. Thinking stays behind: this dialect has no
/// place for signatures and takes no thoughts back.
status append_assistant(json::writer& to, const chat_message& message) {
  auto text = joined_text(message);
  bool uses_tools = holds<tool_use_block>(message);
  if (text.empty() && !uses_tools)
    return unit{};
  to.begin_object().member("role", "assistant").key("content");
  if (text.empty())
    to.null();
  else
    to.string(text);
  if (auto good = append_tool_uses(to, message); !good)
    return good;
  to.end_object();
  return unit{};
}

status append_message(json::writer& to, const chat_message& message) {
  return message.who == role::user ? append_user(to, message)
                                   : append_assistant(to, message);
}

// -- the rest -----------------------------------------------------------------

void append_choice(json::writer& to, const tool_choice& choice) {
  if (choice.one_at_a_time)
    to.member("parallel_tool_calls", false);
  to.key("tool_choice");
  if (choice.how != tool_choice::mode::one) {
    constexpr std::array modes = {"auto", "required", "none"};
    to.string(modes[static_cast<size_t>(choice.how)]);
    return;
  }
  to.begin_object().member("type", "function").key("function");
  to.begin_object().member("name", choice.name).end_object().end_object();
}

void append_user_id(json::writer& to,
                    const std::map<std::string, std::string>& metadata) {
  if (auto user = metadata.find("user_id"); user != metadata.end())
    to.member("user", user->second);
}

status append_format(json::writer& to,
                     const std::optional<output_format>& format) {
  if (!format)
    return unit{};
  to.key("response_format").begin_object();
  // More servers know this than know schemas.
  if (format->schema_json.empty()) {
    to.member("type", "json_object").end_object();
    return unit{};
  }
  to.member("type", "json_schema");
  to.key("json_schema").begin_object().member("name", format->name);
  to.member("strict", format->strict).key("schema");
  if (auto good = append_object(to, format->schema_json, "output"); !good)
    return good;
  to.end_object().end_object();
  return unit{};
}

void append_thinking(json::writer& to, const encode_input& in,
                     std::vector<loss>& losses) {
  const auto& wish = in.request.thinking;
  if (!wish)
    return;
  if (starts_with_any(in.model, plain_models))
    return losses.push_back({lost::thinking, "the model cannot think"});
  using effort = thinking_wish::effort;
  if (wish->how == effort::off && starts_with_any(in.model, reasoning_models)
      && !starts_with_any(in.model, sparing_models))
    return losses.push_back({lost::thinking, "the model always thinks"});
  to.member("reasoning_effort",
            wish->how == effort::off ? "none" : to_string(wish->how));
  if (wish->budget_tokens)
    losses.push_back({lost::effort, "OpenAI's dialect takes an effort, and no "
                                    "number of tokens"});
}

void append_parameters(json::writer& to, const encode_input& in,
                       const provider_traits& traits) {
  append_sampling(to, in.params);
  if (in.params.max_tokens)
    to.key(wire_name(traits, parameter::max_tokens, in.model, "max_tokens"))
      .number(*in.params.max_tokens);
}

provider_traits make_traits() {
  using action = parameter_rule::action;
  provider_traits result{.name = "openai",
                         .default_base_url = "https://api.openai.com/v1",
                         .requires_key = true,
                         .has_embeddings = true,
                         .embedding_model = "text-embedding-3-small"};
  for (auto model : reasoning_models) {
    for (auto which :
         {parameter::temperature, parameter::top_p, parameter::presence_penalty,
          parameter::frequency_penalty})
      result.rules.push_back({which,
                              model,
                              action::drop,
                              "reasoning models take their own default",
                              {}});
    result.rules.push_back({parameter::stop_sequences,
                            model,
                            action::drop,
                            "reasoning models take none",
                            {}});
    parameter_rule renamed{parameter::max_tokens, model, action::rename};
    renamed.wire_name = "max_completion_tokens";
    result.rules.push_back(std::move(renamed));
  }
  return result;
}

class openai_dialect final : public dialect {
public:
  const provider_traits& traits() const noexcept override {
    return traits_;
  }

  auth_header auth() const noexcept override {
    return {"authorization", "Bearer "};
  }

  expected<wire_request> encode(const encode_input& in) const override {
    if (auto good = check_request(in.request); !good)
      return std::move(good).error();
    auto result
      = json_post(versioned_target(in.url, "/chat/completions"), in.stream);
    result.losses = losses_of(in, openai_places);
    result.body.reserve(body_size_hint(in.request));
    json::writer to{result.body};
    to.begin_object().member("model", in.model);
    append_parameters(to, in, traits_);
    if (in.stream) {
      to.member("stream", true).key("stream_options");
      to.begin_object().member("include_usage", true).end_object();
    }
    append_user_id(to, in.request.metadata);
    if (auto good = append_functions(to, in.request.tools); !good)
      return std::move(good).error();
    if (in.request.choice && !in.request.tools.empty())
      append_choice(to, *in.request.choice);
    if (in.request.seed)
      to.key("seed").number(*in.request.seed);
    append_thinking(to, in, result.losses);
    if (auto good = append_format(to, in.request.output); !good)
      return std::move(good).error();
    auto append_one
      = [&](auto& message) { return append_message(to, message); };
    if (auto good = append_messages(to, in.request, append_one); !good)
      return std::move(good).error();
    if (auto good = append_extra(to, in, "openai", openai_fields); !good)
      return std::move(good).error();
    to.end_object();
    if (auto good = add_headers(result, in, "openai"); !good)
      return std::move(good).error();
    return checked(std::move(result));
  }

  std::unique_ptr<answer_decoder> decoder(bool stream) const override {
    return make_openai_decoder(stream);
  }

  wire_request encode_models(const base_url& url) const override {
    return json_get(versioned_target(url, "/models"));
  }

  std::unique_ptr<answer_decoder> models_decoder() const override {
    return make_models_decoder("data", "id");
  }

  expected<wire_request>
  encode_embeddings(const embed_input& in) const override {
    auto result = json_post(versioned_target(in.url, "/embeddings"), false);
    json::writer to{result.body};
    to.begin_object().member("model", in.model).key("input");
    append_texts(to, in.input);
    to.member("encoding_format",
              in.input.format == vector_format::base64 ? "base64" : "float");
    append_dimensions(to, in.input);
    append_user_id(to, in.metadata);
    to.end_object();
    return checked(std::move(result));
  }

  std::unique_ptr<answer_decoder>
  embeddings_decoder(const embedding_input& asked) const override {
    return make_vectors_decoder({"data", "embedding", "prompt_tokens", "usage"},
                                asked);
  }

private:
  provider_traits traits_ = make_traits();
};

} // namespace

const dialect& openai() noexcept {
  static const openai_dialect instance;
  return instance;
}

} // namespace byollm::kinds
