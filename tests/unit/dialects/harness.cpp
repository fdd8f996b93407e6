// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/dialects/harness.hpp"

#include "providers/json/members.hpp"

#include <fstream>
#include <iterator>
#include <map>
#include <sstream>

namespace byollm::test {

namespace {

std::string line_of(const text_block& block) {
  return "text " + block.text;
}

std::string line_of(const image_block& block) {
  return "image " + block.url;
}

std::string line_of(const tool_use_block& block) {
  return "tool_use " + block.id + ' ' + block.name + ' ' + block.input_json;
}

std::string line_of(const tool_result_block& block) {
  return "tool_result " + block.tool_use_id;
}

std::string line_of(const thinking_block& block) {
  return (block.redacted ? "redacted " : "thinking ") + block.text + " / "
         + block.signature;
}

std::string text_of(const std::optional<uint64_t>& count) {
  return count ? std::to_string(*count) : "?";
}

std::string line_of(const token_usage& usage) {
  std::string result{to_string(usage.from)};
  for (auto& count : {usage.input_uncached, usage.cache_read, usage.cache_write,
                      usage.output, usage.reasoning})
    result += ' ' + text_of(count);
  return result;
}

std::string line_of(const opaque_block& block) {
  return "opaque " + block.dialect + ' ' + block.json;
}

// What only Anthropic has, and what it encrypted, begin the same way.
content_block block_of(const std::string& json) {
  if (json::member_of(json, "type") != "\"redacted_thinking\"")
    return opaque_block{"anthropic", json};
  auto data = json::member_of(json, "data");
  return thinking_block{std::string{data.substr(1, data.size() - 2)}, {}, true};
}

} // namespace

#ifdef BYOLLM_FIXTURES
std::string fixture(std::string_view name) {
  std::ifstream in{std::string{BYOLLM_FIXTURES "/"}.append(name),
                   std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}
#endif

answer good_answer(std::string_view provider, bool stream, std::string body) {
  auto type = !stream                      ? "application/json"
              : provider == "local-ollama" ? "application/x-ndjson"
                                           : "text/event-stream; charset=utf-8";
  return {200, {{"content-type", type}}, std::move(body)};
}

result decode(std::string_view provider, bool stream, const answer& what,
              std::span<const size_t> cuts) {
  auto decoder = find_dialect(provider)->decoder(stream);
  result out;
  auto finish = [&](failure why) {
    out.why = std::move(why);
    out.ended = decoder->ended();
    out.reply = std::move(decoder->reply());
    return std::move(out);
  };
  response_head head{what.status, what.fields};
  if (auto good = decoder->begin(head); !good)
    return finish(std::move(good).error());
  size_t from = 0;
  auto feed = [&](size_t to) {
    // A copy of its own, so that sanitizers see every read beyond the piece.
    std::vector<char> piece(what.body.begin() + static_cast<ptrdiff_t>(from),
                            what.body.begin() + static_cast<ptrdiff_t>(to));
    from = to;
    return decoder->feed({piece.data(), piece.size()}, out.deltas);
  };
  for (auto cut : cuts)
    if (auto good = feed(cut); !good)
      return finish(std::move(good).error());
  if (auto good = feed(what.body.size()); !good)
    return finish(std::move(good).error());
  return finish(decoder->finish());
}

result decode(std::string_view provider, bool stream, std::string body) {
  return decode(provider, stream,
                good_answer(provider, stream, std::move(body)));
}

std::string render(const std::vector<content_block>& content) {
  std::string result;
  for (auto& block : content)
    result
      += std::visit([](auto& what) { return line_of(what); }, block) + '\n';
  return result;
}

std::string render(const result& what) {
  std::ostringstream out;
  out << to_string(what.why.code) << " | " << what.why.detail << " | "
      << what.why.http_status << " | " << what.why.provider_code << " | "
      << what.why.provider_request_id << " | ";
  if (what.why.retry_after)
    out << what.why.retry_after->count() << " ms";
  out << '\n'
      << to_string(what.reply.stop) << " | " << what.reply.model << " | "
      << what.reply.provider_request_id << " | " << line_of(what.reply.usage)
      << '\n'
      << render(what.reply.content);
  // Signs of life come as often as the bytes were cut between them.
  for (auto& piece : what.deltas)
    if (piece.what != delta::kind::keep_alive)
      out << to_string(piece.what) << ' ' << piece.index << ' ' << piece.text
          << ' ' << piece.tool_id << ' ' << piece.tool_name << '\n';
  return out.str();
}

std::string replay(const std::vector<delta>& deltas) {
  std::map<uint32_t, content_block> blocks;
  std::map<uint32_t, std::string> inputs; // of opaque blocks
  for (auto& piece : deltas) {
    auto& block = blocks[piece.index];
    switch (piece.what) {
    case delta::kind::text:
      std::get<text_block>(block).text += piece.text;
      break;
    case delta::kind::thinking:
    case delta::kind::signature: {
      if (!std::holds_alternative<thinking_block>(block))
        block = thinking_block{};
      auto& thought = std::get<thinking_block>(block);
      (piece.what == delta::kind::thinking ? thought.text : thought.signature)
        += piece.text;
      break;
    }
    case delta::kind::tool_start:
      block = tool_use_block{piece.tool_id, piece.tool_name, {}};
      break;
    case delta::kind::tool_input:
      if (auto* use = std::get_if<tool_use_block>(&block))
        use->input_json += piece.text;
      else
        inputs[piece.index] += piece.text;
      break;
    case delta::kind::block:
      block = block_of(piece.text);
      break;
    case delta::kind::keep_alive:
      break;
    }
  }
  for (auto& [index, input] : inputs) {
    auto& opaque = std::get<opaque_block>(blocks[index]);
    opaque.json = json::with_member(opaque.json, "input", input);
  }
  std::string result;
  for (auto& [index, block] : blocks)
    result
      += std::visit([](auto& what) { return line_of(what); }, block) + '\n';
  return result;
}

} // namespace byollm::test
