// SPDX-License-Identifier: Apache-2.0
#include "app/clients/anthropic/parts.hpp"
#include "app/clients/wishes.hpp"

#include "messages/limits.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace byollm::clients::anthropic {

namespace {

using losses = std::vector<loss>;

content_block opaque(const rapidjson::Value& block) {
  return opaque_block{"anthropic", json_of(block)};
}

// -- blocks -------------------------------------------------------------------

content_block read_text(members& in, const rapidjson::Value&, losses& left) {
  text_block made{in.needed("text")};
  made.cache_mark = read_mark(in, left);
  return made;
}

// Pictures of another source (a file at Anthropic) only Anthropic knows.
content_block read_image(members& in, const rapidjson::Value& block,
                         losses& left) {
  auto found = in.object("source");
  if (!found) {
    in.refuse("source", "it is an object that must be there");
    return image_block{};
  }
  members one{*found, in.place_of("source")};
  image_block made;
  auto type = one.text_or("type", "");
  if (type == "base64") {
    made.media_type = one.needed("media_type");
    made.data = one.needed("data");
  } else if (type == "url") {
    made.url = one.needed("url");
  } else {
    return opaque(block);
  }
  in.take_problem(one);
  made.cache_mark = read_mark(in, left);
  return made;
}

content_block read_tool_use(members& in, const rapidjson::Value&,
                            losses& left) {
  tool_use_block made{in.needed("id"), in.needed("name"), "{}"};
  if (auto input = in.object("input"))
    made.input_json = json_of(*input);
  if (read_mark(in, left))
    note(left, lost::cache_marks, "a tool's use takes no cache mark");
  return made;
}

bool is_anthropics_part(const rapidjson::Value& part) {
  auto type = part.IsObject() ? members{part}.find("type") : nullptr;
  // What is no block is refused where it is read.
  return type && type->IsString() && view_of(*type) != "text"
         && view_of(*type) != "image";
}

// Only Anthropic knows results of anything else, one inside another among them:
// each level that is read would be written anew for the level around it.
bool is_anthropics_result(members& in) {
  auto content = in.find("content");
  return content && content->IsArray()
         && std::ranges::any_of(content->GetArray(), is_anthropics_part);
}

content_block read_tool_result(members& in, const rapidjson::Value& block,
                               losses& left) {
  if (is_anthropics_result(in))
    return opaque(block);
  tool_result_block made{in.needed("tool_use_id"), {}};
  made.is_error = in.flag("is_error");
  for (auto& part : read_content(in, "content", left)) {
    if (auto text = std::get_if<text_block>(&part))
      made.text.append(made.text.empty() ? "" : "\n").append(text->text);
    else if (auto image = std::get_if<image_block>(&part))
      made.images.push_back(std::move(*image));
    else // an image that only Anthropic knows
      return opaque(block);
  }
  made.cache_mark = read_mark(in, left);
  return made;
}

content_block read_thinking(members& in, const rapidjson::Value&, losses&) {
  return thinking_block{in.text_or("thinking", ""),
                        in.text_or("signature", "")};
}

content_block read_redacted(members& in, const rapidjson::Value&, losses&) {
  return thinking_block{in.needed("data"), {}, true};
}

struct block_kind {
  std::string_view name;
  content_block (*read)(members& in, const rapidjson::Value& block,
                        losses& left);
};

constexpr std::array kinds = {
  block_kind{"text", read_text},
  block_kind{"image", read_image},
  block_kind{"tool_use", read_tool_use},
  block_kind{"tool_result", read_tool_result},
  block_kind{"thinking", read_thinking},
  block_kind{"redacted_thinking", read_redacted},
};

content_block read_block(members& in, const rapidjson::Value& block,
                         losses& left) {
  auto type = in.needed("type");
  for (const auto& known : kinds) {
    if (known.name != type)
      continue;
    auto made = known.read(in, block, left);
    if (!std::holds_alternative<opaque_block>(made))
      note_rest(in, left);
    return made;
  }
  return opaque(block);
}

// -- messages -----------------------------------------------------------------

std::vector<text_block> read_system(members& in, std::string_view name,
                                    losses& left) {
  std::vector<text_block> made;
  for (auto& block : read_content(in, name, left)) {
    auto text = std::get_if<text_block>(&block);
    if (!text)
      in.refuse(name, "it is text");
    else
      made.push_back(std::move(*text));
  }
  return made;
}

void append(std::vector<text_block>& to, std::vector<text_block> more) {
  for (auto& block : more)
    to.push_back(std::move(block));
}

void read_message(members& in, asked_message& to,
                  std::vector<text_block>& system) {
  auto who = in.needed("role");
  if (who == "system") {
    note(to.losses, lost::extra,
         "a system message inside the conversation stands before it");
    append(system, read_system(in, "content", to.losses));
  } else if (who == "user" || who == "assistant") {
    to.request.messages.push_back({who == "user" ? role::user : role::assistant,
                                   read_content(in, "content", to.losses)});
  } else {
    in.refuse("role", "it is user or assistant");
  }
  note_rest(in, to.losses);
}

} // namespace

// Ours say where a mark is, and not for how long.
bool read_mark(members& in, losses& left) {
  auto found = in.object("cache_control");
  if (!found)
    return false;
  members one{*found, in.place_of("cache_control")};
  one.find("type");
  if (one.text_or("ttl", "5m") != "5m")
    note(left, lost::cache_marks, "marks live as long as the provider has it");
  note_rest(one, left);
  in.take_problem(one);
  return true;
}

std::vector<content_block> read_content(members& in, std::string_view name,
                                        losses& left) {
  std::vector<content_block> made;
  auto found = in.find(name);
  if (!found)
    return made;
  if (found->IsString()) {
    made.push_back(text_block{std::string{view_of(*found)}});
    return made;
  }
  if (!found->IsArray() || found->Size() > limits::content_blocks_max) {
    in.refuse(name, "it is a text or a list of at most 1,024 blocks");
    return made;
  }
  for (rapidjson::SizeType i = 0; i < found->Size(); ++i) {
    const auto& block = (*found)[i];
    if (!block.IsObject()) {
      in.refuse(name, "a block is an object");
      return made;
    }
    members one{block, in.place_of(name) + '.' + std::to_string(i)};
    made.push_back(read_block(one, block, left));
    in.take_problem(one);
  }
  return made;
}

void read_messages(members& in, asked_message& to) {
  auto system = read_system(in, "system", to.losses);
  auto found = messages_of(in);
  for (rapidjson::SizeType i = 0; found && i < found->Size(); ++i) {
    if (!(*found)[i].IsObject())
      return in.refuse("messages", "a message is an object");
    members one{(*found)[i], "messages." + std::to_string(i)};
    read_message(one, to, system);
    in.take_problem(one);
  }
  set_system(std::move(system), to.request);
}

} // namespace byollm::clients::anthropic
