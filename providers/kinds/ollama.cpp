// SPDX-License-Identifier: Apache-2.0
// Ollama's own dialect: POST /api/chat, lines of JSON, no key on a local
// machine.
#include "providers/kinds/shared/embeddings.hpp"
#include "providers/kinds/shared/encoding.hpp"
#include "providers/kinds/shared/extras.hpp"
#include "providers/kinds/shared/losses.hpp"
#include "providers/kinds/shared/models.hpp"
#include "providers/stream/framed_decoder.hpp"
#include "providers/stream/provider_error.hpp"

#include <map>

namespace byollm::kinds {

namespace {

using json::find;
using json::text_of;

// -- request ------------------------------------------------------------------

constexpr places ollama_places = {
  .name = "local-ollama",
  .in_words = "Ollama",
  .takes_back = places::readable_thoughts,
  .seed = true,
};

constexpr std::array<std::string_view, 7> ollama_fields
  = {"model", "messages", "tools", "stream", "options", "format", "think"};

/// Returns the target of `endpoint` below the base URL, which people also give
/// with "/api", or with the "/v1" of Ollama's other dialect.
std::string target_of(const base_url& url, std::string_view endpoint) {
  auto path = std::string_view{url.path()};
  if (path.ends_with("/v1"))
    path.remove_suffix(3);
  else if (path.ends_with("/api"))
    path.remove_suffix(4);
  return std::string{path}.append(endpoint);
}

/// Names of tools, by the id of the call that asked for them. A tree, since no
/// choice of ids makes it slow.
using tool_names = std::map<std::string_view, std::string_view>;

/// Returns the tool that the latest use under each id asked for: Ollama names
/// tools where others name calls.
tool_names tools_of(const create_message_request& request) {
  tool_names made;
  for (auto message = request.messages.rbegin();
       message != request.messages.rend(); ++message)
    for (auto& block : message->content)
      if (auto* use = std::get_if<tool_use_block>(&block))
        made.emplace(use->id, use->name);
  return made;
}

void append_tool_results(json::writer& to, const tool_names& tools,
                         const chat_message& message) {
  for (auto& block : message.content) {
    auto* result = std::get_if<tool_result_block>(&block);
    if (!result)
      continue;
    to.begin_object().member("role", "tool").member("content", result->text);
    auto used = tools.find(result->tool_use_id);
    if (used != tools.end() && !used->second.empty())
      to.member("tool_name", used->second);
    to.end_object();
  }
}

status append_images(json::writer& to, const chat_message& message) {
  if (!holds<image_block>(message))
    return unit{};
  to.key("images").begin_array();
  for (auto& block : message.content) {
    auto* image = std::get_if<image_block>(&block);
    if (!image)
      continue;
    if (image->data.empty())
      return invalid_request("messages",
                             "Ollama takes images by value, not by URL");
    to.string(image->data);
  }
  to.end_array();
  return unit{};
}

status append_tool_uses(json::writer& to, const chat_message& message) {
  if (!holds<tool_use_block>(message))
    return unit{};
  to.key("tool_calls").begin_array();
  for (auto& block : message.content) {
    auto* use = std::get_if<tool_use_block>(&block);
    if (!use)
      continue;
    to.begin_object().key("function").begin_object();
    to.member("name", use->name).key("arguments");
    if (auto good = append_object(to, use->input_json, "messages"); !good)
      return good;
    to.end_object().end_object();
  }
  to.end_array();
  return unit{};
}

/// Returns what of the thoughts can be read, a line feed between them.
std::string joined_thoughts(const chat_message& message) {
  std::string result;
  for (auto& block : message.content) {
    auto* thought = std::get_if<thinking_block>(&block);
    if (thought && !thought->redacted && !thought->text.empty())
      result.append(result.empty() ? "" : "\n").append(thought->text);
  }
  return result;
}

/// Appends what of `message` is no tool result. Signatures stay behind: Ollama
/// has no place for them, nor a need.
status append_message(json::writer& to, const chat_message& message) {
  auto text = joined_text(message);
  auto thoughts = joined_thoughts(message);
  if (text.empty() && thoughts.empty() && !holds<image_block>(message)
      && !holds<tool_use_block>(message))
    return unit{};
  to.begin_object();
  to.member("role", message.who == role::user ? "user" : "assistant");
  to.member("content", text);
  if (!thoughts.empty())
    to.member("thinking", thoughts);
  if (auto good = append_images(to, message); !good)
    return good;
  if (auto good = append_tool_uses(to, message); !good)
    return good;
  to.end_object();
  return unit{};
}

/// Appends the tools; Ollama lets the model choose, so a choice of none leaves
/// them out and a forced one cannot be carried.
status append_tools(json::writer& to, const create_message_request& request) {
  auto how
    = request.choice ? request.choice->how : tool_choice::mode::automatic;
  if (how == tool_choice::mode::any || how == tool_choice::mode::one)
    return invalid_request("tool_choice", "Ollama cannot force a tool");
  if (how == tool_choice::mode::none)
    return unit{};
  return append_functions(to, request.tools);
}

void append_options(json::writer& to, const parameters& params,
                    std::optional<int64_t> seed) {
  if (params == parameters{} && !seed)
    return;
  to.key("options").begin_object();
  append_sampling(to, params);
  if (params.max_tokens)
    to.key("num_predict").number(*params.max_tokens);
  if (seed)
    to.key("seed").number(*seed);
  to.end_object();
}

/// Appends whether the model shall think; gpt-oss takes how much, and cannot be
/// kept from it.
void append_thinking(json::writer& to, const encode_input& in,
                     std::vector<loss>& losses) {
  const auto& wish = in.request.thinking;
  if (!wish)
    return;
  using effort = thinking_wish::effort;
  auto has_levels = in.model.starts_with("gpt-oss");
  if (has_levels && wish->how == effort::off)
    return losses.push_back({lost::thinking, "the model always thinks"});
  if (has_levels)
    to.member("think", to_string(wish->how));
  else
    to.member("think", wish->how != effort::off);
  auto is_lost
    = wish->how != effort::off && (!has_levels || wish->budget_tokens);
  if (is_lost)
    losses.push_back({lost::effort, has_levels
                                      ? "Ollama takes no number of tokens"
                                      : "the model thinks as much as it will"});
}

status append_format(json::writer& to,
                     const std::optional<output_format>& format) {
  if (!format)
    return unit{};
  if (format->schema_json.empty()) {
    to.member("format", "json");
    return unit{};
  }
  to.key("format");
  return append_object(to, format->schema_json, "output");
}

// -- answer -------------------------------------------------------------------

class ollama_decoder final : public framed_decoder {
public:
  explicit ollama_decoder(bool stream)
      : framed_decoder(framing::ndjson, stream, {"arguments"}) {
    // nop
  }

private:
  status read_whole(const json::value& root) override {
    auto* message = find(root, "message");
    if (!message || !message->is_object())
      return broken_answer(errc::protocol, "the answer has no message");
    if (!json::is_true(find(root, "done")))
      return broken_answer(errc::truncated, "the answer is not done");
    return read(root);
  }

  status read_piece(std::string_view, std::string_view data) override {
    auto root = parse(data);
    return root ? read(**root) : status{std::move(root).error()};
  }

  status read(const json::value& root) {
    set_model(text_of(find(root, "model")));
    auto* message = find(root, "message");
    if (auto good = build().append(delta::kind::thinking,
                                   text_of(find(message, "thinking")));
        !good)
      return good;
    auto* content = find(message, "content");
    if (json::is_given(content) && !content->is_text())
      return broken_answer(errc::protocol, "the content is no text");
    if (auto good = build().append(delta::kind::text, text_of(content)); !good)
      return good;
    for (auto& call : json::elements(find(message, "tool_calls")))
      if (auto good = read_call(call); !good)
        return good;
    if (json::is_true(find(root, "done")))
      read_end(root);
    return unit{};
  }

  /// Calls arrive whole. They may have no id; ours is unique within the answer.
  status read_call(const json::value& call) {
    auto* function = find(call, "function");
    std::string id{text_of(find(call, "id"))};
    if (id.empty())
      id = "call_" + std::to_string(build().reply().content.size());
    auto at = build().open(tool_use_block{
      std::move(id), std::string{text_of(find(function, "name"))}, {}});
    if (!at)
      return std::move(at).error();
    return build().append(*at, delta::kind::tool_input,
                          text_of(find(function, "arguments")));
  }

  void read_end(const json::value& root) {
    auto& reply = build().reply();
    auto& usage = reply.usage;
    usage.input_uncached = json::count_of(find(root, "prompt_eval_count"));
    usage.output = json::count_of(find(root, "eval_count"));
    if (usage.input_uncached || usage.output)
      usage.from = token_usage::source::provider;
    auto reason = text_of(find(root, "done_reason"));
    if (reason == "length")
      reply.stop = stop_reason::max_tokens;
    else if (build().has_tool_use())
      reply.stop = stop_reason::tool_use;
    else if (reason == "stop")
      reply.stop = stop_reason::end_turn;
    mark_end();
  }
};

// -- dialect ------------------------------------------------------------------

class ollama_dialect final : public dialect {
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
    auto result = json_post(target_of(in.url, "/api/chat"), in.stream);
    result.losses = losses_of(in, ollama_places);
    result.body.reserve(body_size_hint(in.request));
    json::writer to{result.body};
    to.begin_object().member("model", in.model).member("stream", in.stream);
    append_options(to, in.params, in.request.seed);
    append_thinking(to, in, result.losses);
    if (auto good = append_format(to, in.request.output); !good)
      return std::move(good).error();
    if (auto good = append_tools(to, in.request); !good)
      return std::move(good).error();
    auto tools = tools_of(in.request);
    auto append_one = [&](auto& message) {
      append_tool_results(to, tools, message);
      return append_message(to, message);
    };
    if (auto good = append_messages(to, in.request, append_one); !good)
      return std::move(good).error();
    if (auto good = append_extra(to, in, "local-ollama", ollama_fields); !good)
      return std::move(good).error();
    to.end_object();
    if (auto good = add_headers(result, in, "local-ollama"); !good)
      return std::move(good).error();
    return checked(std::move(result));
  }

  std::unique_ptr<answer_decoder> decoder(bool stream) const override {
    return std::make_unique<ollama_decoder>(stream);
  }

  wire_request encode_models(const base_url& url) const override {
    return json_get(target_of(url, "/api/tags"));
  }

  std::unique_ptr<answer_decoder> models_decoder() const override {
    return make_models_decoder("models", "name");
  }

  expected<wire_request>
  encode_embeddings(const embed_input& in) const override {
    auto result = json_post(target_of(in.url, "/api/embed"), false);
    json::writer to{result.body};
    to.begin_object().member("model", in.model).key("input");
    append_texts(to, in.input);
    // Otherwise Ollama makes a vector of the beginning of a text, and says so
    // nowhere.
    to.member("truncate", false);
    append_dimensions(to, in.input);
    to.end_object();
    return checked(std::move(result));
  }

  std::unique_ptr<answer_decoder>
  embeddings_decoder(const embedding_input& asked) const override {
    return make_vectors_decoder({"embeddings", {}, "prompt_eval_count"}, asked);
  }

private:
  provider_traits traits_{.name = "local-ollama",
                          .default_base_url = "http://127.0.0.1:11434",
                          .requires_key = false,
                          .has_embeddings = true};
};

} // namespace

const dialect& ollama() noexcept {
  static const ollama_dialect instance;
  return instance;
}

} // namespace byollm::kinds
