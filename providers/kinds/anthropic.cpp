// SPDX-License-Identifier: Apache-2.0
// Anthropic Messages: POST /v1/messages, version 2023-06-01.
#include "providers/kinds/anthropic_answer.hpp"

#include "messages/limits.hpp"
#include "providers/kinds/anthropic_content.hpp"
#include "providers/kinds/anthropic_models.hpp"
#include "providers/kinds/anthropic_thinking.hpp"
#include "providers/kinds/anthropic_turn.hpp"
#include "providers/kinds/shared/count.hpp"
#include "providers/kinds/shared/encoding.hpp"
#include "providers/kinds/shared/extras.hpp"
#include "providers/kinds/shared/losses.hpp"
#include "providers/kinds/shared/models.hpp"

#include <array>

namespace byollm::kinds {

namespace {

// -- request ------------------------------------------------------------------

constexpr places anthropic_places = {
  .name = "anthropic",
  .in_words = "Anthropic",
  .takes_back = places::signed_thoughts,
  .cache_marks = true,
  .user_id = true,
  .error_marks = true,
  .one_at_a_time = true,
  .own_blocks = places::by_all,
  .result_images = true,
};

constexpr std::array<std::string_view, 13> anthropic_fields
  = {"model",      "messages", "system",         "tools",       "tool_choice",
     "max_tokens", "stream",   "stop_sequences", "temperature", "top_p",
     "metadata",   "thinking", "output_config"};

status append_tools(json::writer& to, const create_message_request& request) {
  if (request.tools.empty())
    return unit{};
  to.key("tools").begin_array();
  for (auto& known : request.tools) {
    to.begin_object().member("name", known.name);
    if (!known.description.empty())
      to.member("description", known.description);
    to.key("input_schema");
    // A schema without "type" is refused.
    auto schema = known.input_schema_json.empty() ? R"({"type":"object"})"
                                                  : known.input_schema_json;
    if (auto good = append_object(to, schema, "tools"); !good)
      return good;
    append_cache_mark(to, known.cache_mark);
    to.end_object();
  }
  to.end_array();
  if (!request.choice)
    return unit{};
  constexpr std::array modes = {"auto", "any", "none", "tool"};
  to.key("tool_choice").begin_object();
  to.member("type", modes[static_cast<size_t>(request.choice->how)]);
  if (request.choice->how == tool_choice::mode::one)
    to.member("name", request.choice->name);
  if (request.choice->one_at_a_time
      && request.choice->how != tool_choice::mode::none)
    to.member("disable_parallel_tool_use", true);
  to.end_object();
  return unit{};
}

void append_parameters(json::writer& to, const parameters& params) {
  to.key("max_tokens")
    .number(params.max_tokens.value_or(limits::max_tokens_default));
  if (params.temperature)
    to.key("temperature").number(*params.temperature);
  if (params.top_p)
    to.key("top_p").number(*params.top_p);
  if (params.stop_sequences && !params.stop_sequences->empty()) {
    to.key("stop_sequences").begin_array();
    for (auto& text : *params.stop_sequences)
      to.string(text);
    to.end_array();
  }
}

void append_system(json::writer& to, const create_message_request& request) {
  if (!request.system.empty())
    to.member("system", request.system);
  if (request.system_blocks.empty())
    return;
  to.key("system").begin_array();
  for (const auto& block : request.system_blocks)
    if (!block.text.empty())
      append_text(to, block);
  to.end_array();
}

/// Appends what counts as input: all but what is said of the answer.
status append_input(json::writer& to, const encode_input& in,
                    std::vector<loss>& losses) {
  const auto& request = in.request;
  append_system(to, request);
  if (auto good = append_tools(to, request); !good)
    return good;
  if (auto good = append_thinking(to, in, losses); !good)
    return good;
  auto with_thoughts = why_not_think(in).empty();
  to.key("messages").begin_array();
  for (const auto& message : request.messages)
    if (auto good = append_message(to, message, with_thoughts); !good)
      return good;
  to.end_array();
  return append_extra(to, in, "anthropic", anthropic_fields);
}

// -- dialect ------------------------------------------------------------------

wire_header version_header() {
  return {"anthropic-version", std::string{anthropic_version}};
}

class anthropic_dialect final : public dialect {
public:
  const provider_traits& traits() const noexcept override {
    return traits_;
  }

  auth_header auth() const noexcept override {
    return {"x-api-key", ""};
  }

  expected<wire_request> encode(const encode_input& in) const override {
    return build(in, "/messages", [&in](json::writer& to) {
      append_parameters(to, in.params);
      if (in.stream)
        to.member("stream", true);
      auto user = in.request.metadata.find("user_id");
      if (user != in.request.metadata.end())
        to.key("metadata")
          .begin_object()
          .member("user_id", user->second)
          .end_object();
    });
  }

  expected<wire_request> encode_count(const encode_input& in) const override {
    return build(in, "/messages/count_tokens", [](json::writer&) {});
  }

  std::unique_ptr<answer_decoder> count_decoder() const override {
    return make_count_decoder("input_tokens");
  }

  std::unique_ptr<answer_decoder> decoder(bool stream) const override {
    return make_anthropic_decoder(stream);
  }

  wire_request encode_models(const base_url& url) const override {
    // The largest page that it gives; unasked it gives 20.
    auto result = json_get(versioned_target(url, "/models?limit=1000"));
    result.headers.push_back(version_header());
    return result;
  }

  std::unique_ptr<answer_decoder> models_decoder() const override {
    return make_models_decoder("data", "id");
  }

private:
  /// Builds a request whose body has the input, behind what `append_answer`
  /// says of the answer.
  template <class AppendAnswer>
  static expected<wire_request> build(const encode_input& in,
                                      std::string_view endpoint,
                                      AppendAnswer append_answer) {
    if (auto good = check_request(in.request); !good)
      return std::move(good).error();
    auto result = json_post(versioned_target(in.url, endpoint), in.stream);
    result.headers.push_back(version_header());
    result.losses = losses_of(in, anthropic_places);
    result.body.reserve(body_size_hint(in.request));
    json::writer to{result.body};
    to.begin_object().member("model", in.model);
    append_answer(to);
    if (auto good = append_input(to, in, result.losses); !good)
      return std::move(good).error();
    to.end_object();
    if (auto good = add_headers(result, in, "anthropic"); !good)
      return std::move(good).error();
    return checked(std::move(result));
  }

  provider_traits traits_ = anthropic_traits();
};

} // namespace

const dialect& anthropic() noexcept {
  static const anthropic_dialect instance;
  return instance;
}

} // namespace byollm::kinds
