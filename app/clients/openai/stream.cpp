// SPDX-License-Identifier: Apache-2.0
#include "app/clients/openai/parts.hpp"

#include "app/http/sse.hpp"

#include <map>
#include <set>
#include <utility>
#include <vector>

namespace byollm::clients::openai {

namespace {

/// Chunks of one id: the role, pieces, why it ended, perhaps the usage, [DONE].
class chunk_writer final : public stream_writer {
public:
  explicit chunk_writer(const call_facts& facts) : facts_(facts) {
    // nop
  }

  std::string piece(const delta& what) override {
    auto out = begin();
    switch (what.what) {
    case delta::kind::text:
      return out + text_chunk("content", what.text);
    case delta::kind::thinking:
      return out + text_chunk("reasoning_content", what.text);
    case delta::kind::tool_start:
      return out + start_call(what);
    case delta::kind::tool_input:
      return out + call_input(what.index, what.text);
    case delta::kind::keep_alive:
      return out + ": keep-alive\n\n";
    // There is no place for them.
    case delta::kind::signature:
    case delta::kind::block:
      break;
    }
    return out;
  }

  std::string end(const message_reply& got) override {
    auto out = begin();
    // Who has no arguments said none; clients parse what they got. One that was
    // cut stays so.
    auto whole = ids_in(got);
    for (const auto& call : calls_)
      if (!call.has_input && whole.contains(call.id))
        out += call_input(call.block, "{}");
    out += chunk([](json::writer&) {}, finish_reason(got.stop));
    if (facts_.include_usage && got.usage.input_uncached && got.usage.output)
      out += usage_chunk(got.usage);
    return out + "data: [DONE]\n\n";
  }

  std::string fail(const failure& why) override {
    return http::event({}, "{\"error\":" + error_json(why) + '}');
  }

private:
  struct open_call {
    uint32_t block;
    std::string id;
    bool has_input = false;
  };

  static std::set<std::string_view> ids_in(const message_reply& got) {
    std::set<std::string_view> made;
    for (const auto& block : got.content)
      if (auto use = std::get_if<tool_use_block>(&block))
        made.insert(use->id);
    return made;
  }

  std::string begin() {
    if (std::exchange(has_begun_, true))
      return {};
    return chunk([](json::writer& to) {
      to.member("role", "assistant").member("content", "");
    });
  }

  std::string text_chunk(std::string_view name, const std::string& text) {
    return chunk([&](json::writer& to) { to.member(name, text); });
  }

  std::string start_call(const delta& what) {
    latest_[what.index] = calls_.size();
    calls_.push_back({what.index, what.tool_id});
    return call_chunk(calls_.size() - 1, [&](json::writer& to) {
      to.member("id", what.tool_id).member("type", "function");
      to.key("function").begin_object().member("name", what.tool_name);
      to.member("arguments", "").end_object();
    });
  }

  std::string call_input(uint32_t block, std::string_view text) {
    auto found = latest_.find(block);
    // Of a block that has no place here.
    if (found == latest_.end())
      return {};
    calls_[found->second].has_input = true;
    return call_chunk(found->second, [&](json::writer& to) {
      to.key("function").begin_object().member("arguments", text);
      to.end_object();
    });
  }

  template <class Write>
  std::string call_chunk(size_t number, Write write) {
    return chunk([&](json::writer& to) {
      to.key("tool_calls").begin_array().begin_object();
      to.key("index").number(static_cast<int64_t>(number));
      write(to);
      to.end_object().end_array();
    });
  }

  template <class Write>
  std::string chunk(Write write_delta, std::string_view reason = {}) {
    auto out = head();
    json::writer to{out};
    write_delta(to);
    to.end_object().key("finish_reason");
    if (reason.empty())
      to.null();
    else
      to.string(reason);
    to.end_object().end_array();
    if (facts_.include_usage)
      to.key("usage").null();
    to.end_object();
    return http::event({}, out);
  }

  // The same in each chunk, and most of it: written once.
  const std::string& head() {
    if (!head_.empty())
      return head_;
    json::writer to{head_};
    to.begin_object();
    append_head(to, "chat.completion.chunk", facts_, facts_.model);
    to.key("choices").begin_array().begin_object();
    to.key("index").number(int64_t{0}).key("delta").begin_object();
    return head_;
  }

  std::string usage_chunk(const token_usage& usage) {
    std::string out;
    json::writer to{out};
    to.begin_object();
    append_head(to, "chat.completion.chunk", facts_, facts_.model);
    to.key("choices").begin_array().end_array();
    append_usage(to, usage);
    to.end_object();
    return http::event({}, out);
  }

  const call_facts facts_;
  std::string head_;
  bool has_begun_ = false;
  std::vector<open_call> calls_;
  std::map<uint32_t, size_t> latest_; // call of each block
};

} // namespace

std::unique_ptr<stream_writer> make_stream(const call_facts& facts) {
  return std::make_unique<chunk_writer>(facts);
}

} // namespace byollm::clients::openai
