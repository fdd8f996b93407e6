// SPDX-License-Identifier: Apache-2.0
#include "providers/kinds/openai_answer.hpp"

#include "providers/stream/framed_decoder.hpp"
#include "providers/stream/provider_error.hpp"

#include <map>

namespace byollm::kinds {

namespace {

using json::find;
using json::is_given;
using json::text_of;

stop_reason stop_of(std::string_view text, bool has_tool_use) noexcept {
  // A forced tool call ends with "stop".
  if (text == "stop")
    return has_tool_use ? stop_reason::tool_use : stop_reason::end_turn;
  if (text == "tool_calls")
    return stop_reason::tool_use;
  if (text == "length")
    return stop_reason::max_tokens;
  if (text == "content_filter")
    return stop_reason::refusal;
  return stop_reason::unknown;
}

/// Returns the output, thoughts included. OpenAI counts them in
/// `completion_tokens`, xAI beside it; which one it was, the total tells. Where
/// it fits neither there is more, or less, than we know of.
std::optional<uint64_t> output_of(std::optional<uint64_t> prompt,
                                  std::optional<uint64_t> completion,
                                  std::optional<uint64_t> reasoning,
                                  std::optional<uint64_t> total) noexcept {
  // Some servers leave the total at 0.
  if (!prompt || !completion || total.value_or(0) == 0
      || *total == *prompt + *completion)
    return completion;
  auto with_thoughts = *completion + reasoning.value_or(0);
  return *total == *prompt + with_thoughts ? std::optional{with_thoughts}
                                           : std::nullopt;
}

/// Takes out of the prompt what came from the cache, and what went there; of
/// parts that are more than the whole, nothing is believed.
void split_prompt(token_usage& into, std::optional<uint64_t> prompt,
                  const json::value* details) noexcept {
  auto rest = prompt;
  auto take = [&](std::string_view name, std::optional<uint64_t>& part) {
    auto* told = find(details, name);
    if (!is_given(told))
      return true;
    part = json::count_of(told);
    if (!rest || !part || *part > *rest)
      return false;
    *rest -= *part;
    return true;
  };
  if (take("cached_tokens", into.cache_read)
      && take("cache_write_tokens", into.cache_write))
    into.input_uncached = rest;
  else
    into.cache_read = into.cache_write = std::nullopt;
}

/// Normalises counts: OpenAI's prompt count includes what has to do with the
/// cache.
token_usage usage_of(const json::value& from) noexcept {
  token_usage result;
  auto prompt = json::count_of(find(from, "prompt_tokens"));
  split_prompt(result, prompt, find(from, "prompt_tokens_details"));
  result.reasoning = json::count_of(
    find(find(from, "completion_tokens_details"), "reasoning_tokens"));
  result.output
    = output_of(prompt, json::count_of(find(from, "completion_tokens")),
                result.reasoning, json::count_of(find(from, "total_tokens")));
  if (result.reasoning > result.output)
    result.reasoning = std::nullopt;
  if (result != token_usage{})
    result.from = token_usage::source::provider;
  return result;
}

class openai_decoder final : public framed_decoder {
public:
  explicit openai_decoder(bool stream)
      : framed_decoder(framing::sse, stream, {"arguments"}) {
    // nop
  }

private:
  status read_whole(const json::value& root) override {
    read_head(root);
    for (auto& choice : json::elements(find(root, "choices")))
      if (is_first(choice))
        return read_choice(choice, find(choice, "message"), true);
    return broken_answer(errc::protocol, "the answer has no choices");
  }

  status read_piece(std::string_view name, std::string_view data) override {
    if (data.empty()) {
      note_life();
      return unit{};
    }
    if (data == "[DONE]")
      return end();
    // Events of another vocabulary (keep-alives) need not be JSON.
    if (!name.empty() && name != "error" && name != "message"
        && json::check(data, true) == json::verdict::malformed) {
      note_life();
      return unit{};
    }
    auto root = parse(data);
    if (!root)
      return std::move(root).error();
    read_head(**root);
    for (auto& choice : json::elements(find(**root, "choices")))
      if (is_first(choice))
        if (auto good = read_choice(choice, find(choice, "delta"), false);
            !good)
          return good;
    return unit{};
  }

  status end() {
    if (!saw_choice_)
      return broken_answer(errc::protocol, "the answer has no choices");
    mark_end();
    return unit{};
  }

  void read_head(const json::value& root) {
    set_model(text_of(find(root, "model")));
    // With usage in several chunks the last one counts.
    if (auto* usage = find(root, "usage"); is_given(usage))
      build().reply().usage = usage_of(*usage);
  }

  /// We ask for one choice; servers that give more are answered by the first.
  static bool is_first(const json::value& choice) noexcept {
    auto* index = find(choice, "index");
    return choice.is_object() && (!index || json::count_of(index) == 0);
  }

  status read_choice(const json::value& choice, const json::value* message,
                     bool whole) {
    if (whole && (!message || !message->is_object()))
      return broken_answer(errc::protocol, "the choice has no message");
    saw_choice_ = true;
    if (auto good = read_message(message); !good)
      return good;
    auto reason = text_of(find(choice, "finish_reason"));
    if (!reason.empty() && !refused_)
      build().reply().stop = stop_of(reason, build().has_tool_use());
    return unit{};
  }

  status read_message(const json::value* message) {
    auto thought = text_of(find(message, "reasoning_content"));
    if (thought.empty())
      thought = text_of(find(message, "reasoning"));
    if (auto good = build().append(delta::kind::thinking, thought); !good)
      return good;
    if (auto good = read_content(find(message, "content")); !good)
      return good;
    if (auto refusal = text_of(find(message, "refusal")); !refusal.empty()) {
      refused_ = true;
      build().reply().stop = stop_reason::refusal;
      if (auto good = build().append(delta::kind::text, refusal); !good)
        return good;
    }
    for (auto& call : json::elements(find(message, "tool_calls")))
      if (auto good = read_call(call); !good)
        return good;
    return unit{};
  }

  /// Content is a string, or an array of parts of which we take the text.
  status read_content(const json::value* content) {
    if (!is_given(content))
      return unit{};
    if (content->is_text())
      return build().append(delta::kind::text, text_of(content));
    if (!content->is_array())
      return broken_answer(errc::protocol, "the content is no text");
    for (auto& part : json::elements(content))
      if (auto good
          = build().append(delta::kind::text, text_of(find(part, "text")));
          !good)
        return good;
    return unit{};
  }

  status read_call(const json::value& call) {
    auto* function = find(call, "function");
    auto at = find_call(call);
    if (!at) {
      auto opened = open_call(call, function);
      if (!opened)
        return std::move(opened).error();
      at = *opened;
    }
    return build().append(*at, delta::kind::tool_input,
                          text_of(find(function, "arguments")));
  }

  expected<reply_builder::place> open_call(const json::value& call,
                                           const json::value* function) {
    auto at = build().open(
      tool_use_block{std::string{text_of(find(call, "id"))},
                     std::string{text_of(find(function, "name"))},
                     {}});
    if (!at)
      return at;
    auto index = json::count_of(find(call, "index"));
    calls_[index.value_or(calls_opened_)] = *at;
    ++calls_opened_;
    last_call_ = *at;
    return at;
  }

  /// Returns the call that a fragment continues, or nothing. A new id begins a
  /// new call even under a used index, and a fragment without index continues
  /// the last call: some servers number all calls 0, or none.
  std::optional<reply_builder::place> find_call(const json::value& call) {
    auto at = last_call_;
    if (auto index = json::count_of(find(call, "index"))) {
      auto known = calls_.find(*index);
      at = known == calls_.end() ? std::nullopt : std::optional{known->second};
    }
    auto id = text_of(find(call, "id"));
    return at && (id.empty() || id == id_of(*at)) ? at : std::nullopt;
  }

  const std::string& id_of(reply_builder::place at) noexcept {
    return std::get<tool_use_block>(build().reply().content[at]).id;
  }

  /// Where the latest call under each index is in our reply: later pieces may
  /// name it by index only.
  std::map<uint64_t, reply_builder::place> calls_;
  size_t calls_opened_ = 0;
  std::optional<reply_builder::place> last_call_;
  bool saw_choice_ = false;
  bool refused_ = false;
};

} // namespace

std::unique_ptr<answer_decoder> make_openai_decoder(bool stream) {
  return std::make_unique<openai_decoder>(stream);
}

} // namespace byollm::kinds
