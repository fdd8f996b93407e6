// SPDX-License-Identifier: Apache-2.0
#include "app/standin/load.hpp"

#include "app/standin/dialects.hpp"
#include "app/standin/wire.hpp"

#include <algorithm>
#include <chrono>

namespace byollm::standin {

namespace {

constexpr std::string_view empty_stamp = "@0000000000000000000 ";

using renderer = http_answer (*)(const ask&, const answer&);

http_answer render_openai(const ask& what, const answer& said) {
  return openai_render(what, said, 1);
}

http_answer render_anthropic(const ask& what, const answer& said) {
  return anthropic_render(what, said, 1);
}

answer canned_text(std::size_t bytes) {
  answer result;
  std::string text{empty_stamp};
  while (text.size() < bytes)
    text += "stand-in ";
  text.resize(std::max(bytes, empty_stamp.size()));
  result.words.push_back(std::move(text));
  result.input_tokens = 10;
  return result;
}

std::string whole_answer(renderer render, ask what, std::size_t bytes) {
  what.stream = false;
  auto said = canned_text(bytes);
  said.output_tokens = count_tokens(said.text());
  auto rendered = render(what, said);
  auto length = rendered.body.size();
  std::string result;
  append_head(200, rendered.content_type, &length, false, 1, result);
  return result + rendered.body;
}

/// Splits a rendered stream at its one word, which repeats.
void set_stream(renderer render, ask what, std::size_t chunk_bytes,
                std::size_t chunks, canned_dialect& out) {
  what.stream = what.include_usage = true;
  auto said = canned_text(chunk_bytes);
  said.output_tokens = chunks * count_tokens(said.text());
  auto rendered = render(what, said);
  append_head(200, rendered.content_type, nullptr, false, 1, out.stream_start);
  bool before_word = true;
  for (auto& piece : rendered.pieces) {
    if (piece.is_word) {
      append_chunk(piece.bytes, out.stream_chunk);
      before_word = false;
    } else {
      append_chunk(piece.bytes,
                   before_word ? out.stream_start : out.stream_end);
    }
  }
  out.stream_end += last_chunk;
  out.stamp_at = out.stream_chunk.find(empty_stamp) + 1;
}

canned_dialect make(std::string_view path, renderer render,
                    const options& opts) {
  auto bytes = opts.fixed_body_bytes > 0 ? opts.fixed_body_bytes : 512;
  ask what;
  what.model = "standin-1";
  canned_dialect result;
  result.path = path;
  result.chunks = opts.chunks > 0 ? opts.chunks : 16;
  result.whole = whole_answer(render, what, bytes);
  set_stream(render, what, bytes / result.chunks, result.chunks, result);
  return result;
}

} // namespace

canned_answers::canned_answers(const options& opts)
    : dialects_{make("/v1/chat/completions", render_openai, opts),
                make("/v1/messages", render_anthropic, opts),
                make("/api/chat", ollama_render, opts)} {
  dialects_.back().streams_by_default = true;
}

const canned_dialect*
canned_answers::find(const http_request& request) const noexcept {
  if (request.method != "POST")
    return nullptr;
  auto i = std::find_if(dialects_.begin(), dialects_.end(),
                        [&](auto& x) { return x.path == request.path; });
  return i == dialects_.end() ? nullptr : &*i;
}

bool canned_dialect::wants_stream(std::string_view body) const noexcept {
  // Inside a JSON string the quotes would be escaped, so this is the member.
  constexpr std::string_view name = "\"stream\":";
  auto at = body.find(name);
  if (at == std::string_view::npos)
    return streams_by_default;
  at = body.find_first_not_of(" \t\r\n", at + name.size());
  return at != std::string_view::npos && body[at] == 't';
}

void stamp(std::string& chunk, std::size_t at) noexcept {
  auto now = std::chrono::steady_clock::now().time_since_epoch();
  auto rest = std::chrono::nanoseconds{now}.count();
  for (auto i = at + 19; i-- > at; rest /= 10)
    chunk[i] = static_cast<char>('0' + rest % 10);
}

} // namespace byollm::standin
