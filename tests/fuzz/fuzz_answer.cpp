// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/fuzz_answer.hpp"

#include "messages/limits.hpp"
#include "providers/json/document.hpp"
#include "providers/json/text.hpp"
#include "tests/unit/dialects/harness.hpp"

#include <cstdio>
#include <cstdlib>
#include <random>

namespace byollm::fuzz {

namespace {

using test::result;

void require(bool holds, const char* promise) {
  if (holds)
    return;
  std::fprintf(stderr, "broken promise: %s\n", promise);
  std::abort();
}

/// Offsets that cut `size` bytes: the seed chooses short or long pieces.
std::vector<size_t> cuts_of(size_t size, uint32_t seed) {
  std::minstd_rand random{seed + 1};
  auto longest = std::uniform_int_distribution<size_t>{
    1, 1 + (seed % 2 ? 4 : size)}(random);
  std::uniform_int_distribution<size_t> piece{1, longest};
  std::vector<size_t> result;
  for (size_t at = piece(random); at < size; at += piece(random))
    result.push_back(at);
  return result;
}

void check_block(const content_block& block, bool good) {
  if (auto* text = std::get_if<text_block>(&block))
    require(json::is_utf8(text->text), "text is UTF-8");
  if (auto* thought = std::get_if<thinking_block>(&block))
    require(json::is_utf8(thought->text) && json::is_utf8(thought->signature),
            "thinking is UTF-8");
  if (auto* use = std::get_if<tool_use_block>(&block)) {
    require(json::is_utf8(use->id) && json::is_utf8(use->name),
            "tool names are UTF-8");
    if (good)
      require(json::check(use->input_json, true) == json::verdict::good,
              "tool input is a JSON object");
  }
}

void check(const result& got, bool stream) {
  bool good = got.why.code == errc::none;
  require(got.reply.content.size() <= limits::content_blocks_max,
          "blocks are bounded");
  for (auto& block : got.reply.content)
    check_block(block, good);
  for (auto& piece : got.deltas) {
    if (piece.what == delta::kind::keep_alive) {
      require(piece.text.empty(), "a sign of life says nothing");
      continue;
    }
    require(piece.index < got.reply.content.size() || !got.reply.losses.empty(),
            "deltas have a block, or one that was cut is told");
    require(json::is_utf8(piece.text), "deltas are UTF-8");
  }
  require(stream || got.deltas.empty(), "deltas are for streams");
  require(good || got.why.sent == certainty::yes, "failures were answered");
  require(good || !got.why.detail.empty(), "failures say why");
  require(!good || !stream || got.ended, "a good stream has ended");
}

} // namespace

int answer(std::string_view provider, const uint8_t* data, size_t size) {
  if (size < 3)
    return 0;
  bool stream = data[0] & 1;
  constexpr const char* types[] = {nullptr, "application/json",
                                   "text/event-stream", "application/x-ndjson"};
  test::answer what;
  what.status = data[0] & 8 ? 400 : 200;
  if (auto* type = types[data[0] >> 1 & 3])
    what.fields.push_back({"content-type", type});
  what.body.assign(reinterpret_cast<const char*>(data + 3), size - 3);
  auto whole = test::decode(provider, stream, what);
  check(whole, stream);
  auto seed = static_cast<uint32_t>(data[1] | data[2] << 8);
  auto cut
    = test::decode(provider, stream, what, cuts_of(what.body.size(), seed));
  require(test::render(whole) == test::render(cut), "cuts change nothing");
  return 0;
}

} // namespace byollm::fuzz
