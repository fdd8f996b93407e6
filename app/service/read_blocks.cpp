// SPDX-License-Identifier: Apache-2.0
#include "app/service/read_blocks.hpp"

#include "app/owner/fields.hpp"
#include "app/service/read_call.hpp"
#include "messages/limits.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace byollm::service {

namespace {

using owner::fields;

content_block read_text(fields& in) {
  text_block made;
  made.text = in.text_or("text", "");
  made.cache_mark = in.flag("cache_mark");
  return made;
}

content_block read_image(fields& in) {
  image_block made;
  made.media_type = in.text_or("media_type", "");
  made.data = in.text_or("data", "");
  made.url = in.text_or("url", "");
  made.cache_mark = in.flag("cache_mark");
  if (made.data.empty() == made.url.empty())
    in.refuse("data", "an image has data or a url");
  return made;
}

content_block read_tool_use(fields& in) {
  tool_use_block made{in.text("id"), in.text("name"), "{}"};
  if (auto input = in.find("input")) {
    if (!input->IsObject())
      in.refuse("input", "the input of a tool is an object");
    made.input_json = text_of(*input);
  }
  return made;
}

// Of texts and images.
void read_result(fields& in, const rapidjson::Value& from,
                 tool_result_block& to) {
  auto blocks = read_content(from);
  if (!blocks)
    return in.refuse("content", blocks.error().detail);
  for (auto& block : *blocks) {
    if (auto text = std::get_if<text_block>(&block))
      to.text.append(to.text.empty() ? "" : "\n").append(text->text);
    else if (auto image = std::get_if<image_block>(&block))
      to.images.push_back(std::move(*image));
    else
      in.refuse("content", "a tool's result is text and images");
  }
}

content_block read_tool_result(fields& in) {
  tool_result_block made{
    in.text("tool_use_id"), {}, in.flag("is_error"), in.flag("cache_mark")};
  if (auto content = in.find("content"))
    read_result(in, *content, made);
  return made;
}

content_block read_opaque(fields& in) {
  opaque_block made{in.text("dialect"), {}};
  if (auto block = in.find("block"); block && block->IsObject())
    made.json = text_of(*block);
  else
    in.refuse("block", "an opaque block has a block, an object");
  return made;
}

content_block read_thinking(fields& in) {
  return thinking_block{in.text_or("thinking", ""), in.text_or("signature", ""),
                        in.flag("redacted")};
}

struct block_kind {
  std::string_view name;
  content_block (*read)(fields& in);
};

constexpr std::array kinds = {
  block_kind{"text", read_text},
  block_kind{"image", read_image},
  block_kind{"tool_use", read_tool_use},
  block_kind{"tool_result", read_tool_result},
  block_kind{"thinking", read_thinking},
  block_kind{"opaque", read_opaque},
};

failure bad(std::string detail) {
  return {errc::invalid_request, std::move(detail)};
}

expected<content_block> read_block(const rapidjson::Value& from) {
  if (!from.IsObject())
    return bad("a block is an object");
  fields in{from};
  auto type = in.text_or("type", "");
  auto it = std::ranges::find(kinds, type, &block_kind::name);
  if (it == kinds.end())
    return bad("a block's type is text, image, tool_use, tool_result, "
               "thinking or opaque");
  auto made = it->read(in);
  if (auto problem = in.problem())
    return bad("in a block of type " + type + ": " + problem->detail);
  return made;
}

} // namespace

expected<std::vector<content_block>>
read_content(const rapidjson::Value& from) {
  std::vector<content_block> out;
  if (from.IsString()) {
    out.push_back(text_block{{from.GetString(), from.GetStringLength()}});
    return out;
  }
  if (!from.IsArray())
    return bad("content is a text or a list of blocks");
  if (from.Size() > limits::content_blocks_max)
    return bad("a message has at most 1,024 blocks");
  for (const auto& entry : from.GetArray()) {
    auto block = read_block(entry);
    if (!block)
      return block.error();
    out.push_back(*std::move(block));
  }
  return out;
}

} // namespace byollm::service
