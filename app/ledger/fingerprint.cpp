// SPDX-License-Identifier: Apache-2.0
#include "app/ledger/fingerprint.hpp"

#include "app/ledger/big_endian.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <string_view>

namespace byollm {

namespace {

// Feeds the canonical encoding piece by piece, so that a large prompt is never
// copied; what is small is gathered first, because each feeding costs more than
// the bytes. Every list has its count, every text its length, every variant its
// number before it.
class canonical {
public:
  explicit canonical(hmac_sha256& mac) : mac_(mac) {
    // nop
  }

  void number(uint64_t value) {
    if (used_ + sizeof(value) > gathered_.size())
      feed();
    put_big_endian(gathered_.data() + used_, value);
    used_ += sizeof(value);
  }

  void text(std::string_view value) {
    number(value.size());
    byte_view bytes{reinterpret_cast<const uint8_t*>(value.data()),
                    value.size()};
    if (used_ + bytes.size() > gathered_.size())
      feed();
    if (bytes.size() > gathered_.size()) {
      mac_.update(bytes);
      return;
    }
    std::ranges::copy(bytes, gathered_.begin() + used_);
    used_ += bytes.size();
  }

  /// What requests got later. Without any of it, they have the fingerprint
  /// that they had before; so this comes last, and after a text.
  void later(const create_message_request& of) {
    auto is_marked = std::ranges::find(marks_, true) != marks_.end();
    auto has_images = std::ranges::any_of(
      shown_, [](const auto* images) { return !images->empty(); });
    auto is_alone = of.choice && of.choice->one_at_a_time;
    if (of.system_blocks.empty() && !of.output && !of.thinking && !of.seed
        && !of.extra && !is_marked && !is_alone && !has_images)
      return;
    text("later");
    number(of.system_blocks.size());
    for (const auto& block : of.system_blocks)
      (*this)(block);
    flag(of.output.has_value());
    if (of.output) {
      text(of.output->schema_json);
      text(of.output->name);
      flag(of.output->strict);
    }
    flag(of.thinking.has_value());
    if (of.thinking) {
      number(static_cast<uint64_t>(of.thinking->how));
      maybe(of.thinking->budget_tokens);
    }
    maybe(of.seed);
    extra(of.extra);
    flag(is_alone);
    for (auto marked : marks_)
      flag(marked);
    for (const auto* images : shown_) {
      number(images->size());
      for (const auto& image : *images)
        (*this)(image);
    }
  }

  sha256_digest finish() {
    feed();
    return mac_.finish();
  }

  void flag(bool value) {
    number(value);
  }

  void maybe(const std::optional<double>& value) {
    flag(value.has_value());
    if (value)
      number(std::bit_cast<uint64_t>(*value));
  }

  void maybe(const std::optional<int64_t>& value) {
    flag(value.has_value());
    if (value)
      number(static_cast<uint64_t>(*value));
  }

  // -- content blocks ---------------------------------------------------------

  void operator()(const text_block& block) {
    text(block.text);
    flag(block.cache_mark);
  }

  void operator()(const image_block& block) {
    text(block.media_type);
    text(block.data);
    text(block.url);
    flag(block.cache_mark);
  }

  void operator()(const tool_use_block& block) {
    text(block.id);
    text(block.name);
    text(block.input_json);
  }

  void operator()(const tool_result_block& block) {
    text(block.tool_use_id);
    text(block.text);
    flag(block.is_error);
    marks_.push_back(block.cache_mark);
    shown_.push_back(&block.images);
  }

  void operator()(const opaque_block& block) {
    text(block.dialect);
    text(block.json);
  }

  void operator()(const thinking_block& block) {
    text(block.text);
    text(block.signature);
    flag(block.redacted);
  }

  // -- the parts of a request -------------------------------------------------

  void messages(const std::vector<chat_message>& all) {
    number(all.size());
    for (const auto& one : all) {
      number(static_cast<uint64_t>(one.who));
      number(one.content.size());
      for (const auto& block : one.content) {
        number(block.index());
        std::visit(*this, block);
      }
    }
  }

  void params(const parameters& values) {
    maybe(values.temperature);
    maybe(values.top_p);
    maybe(values.max_tokens);
    maybe(values.presence_penalty);
    maybe(values.frequency_penalty);
    flag(values.stop_sequences.has_value());
    if (values.stop_sequences) {
      number(values.stop_sequences->size());
      for (const auto& sequence : *values.stop_sequences)
        text(sequence);
    }
  }

  void tools(const std::vector<tool>& all) {
    number(all.size());
    for (const auto& one : all) {
      text(one.name);
      text(one.description);
      text(one.input_schema_json);
      marks_.push_back(one.cache_mark);
    }
  }

  void choice(const std::optional<tool_choice>& value) {
    flag(value.has_value());
    if (value) {
      number(static_cast<uint64_t>(value->how));
      text(value->name);
    }
  }

private:
  void extra(const std::optional<dialect_extra>& value) {
    flag(value.has_value());
    if (!value)
      return;
    text(value->dialect);
    text(value->fields_json);
    number(value->headers.size());
    for (const auto& [name, header] : value->headers) {
      text(name);
      text(header);
    }
  }

  void feed() {
    mac_.update(byte_view{gathered_}.first(used_));
    used_ = 0;
  }

  hmac_sha256& mac_;
  std::vector<bool> marks_;
  std::vector<const std::vector<image_block>*> shown_; // with tools' results
  std::array<uint8_t, 512> gathered_;
  size_t used_ = 0;
};

} // namespace

sha256_digest fingerprint(hmac_sha256& mac,
                          const create_message_request& request) {
  canonical out{mac};
  out.text("byollm-prompt-v1");
  out.text(request.system);
  out.messages(request.messages);
  out.params(request.params);
  out.tools(request.tools);
  out.choice(request.choice);
  out.text(request.purpose);
  out.number(request.metadata.size());
  for (const auto& [key, value] : request.metadata) {
    out.text(key);
    out.text(value);
  }
  out.flag(request.model.has_value());
  if (request.model)
    out.text(*request.model);
  out.later(request);
  return out.finish();
}

sha256_digest fingerprint(hmac_sha256& mac, const embedding_input& input) {
  canonical out{mac};
  out.text("byollm-texts-v1");
  out.number(input.texts.size());
  for (const auto& text : input.texts)
    out.text(text);
  out.number(input.dimensions.value_or(0));
  return out.finish();
}

} // namespace byollm
