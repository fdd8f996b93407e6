// SPDX-License-Identifier: Apache-2.0
#include "app/clients/openai/parts.hpp"
#include "app/clients/wishes.hpp"

#include "messages/limits.hpp"

#include <utility>

namespace byollm::clients::openai {

namespace {

// -- content ------------------------------------------------------------------

// A picture by value is a URL here: data:image/png;base64,AAAA.
content_block image_of(members& in, std::string url) {
  image_block made;
  constexpr std::string_view scheme = "data:";
  constexpr std::string_view mark = ";base64,";
  if (!url.starts_with(scheme)) {
    made.url = std::move(url);
    return made;
  }
  auto at = url.find(mark);
  if (at == std::string::npos) {
    in.refuse("url", "a picture by value is in base64");
    return made;
  }
  made.media_type = url.substr(scheme.size(), at - scheme.size());
  made.data = url.substr(at + mark.size());
  return made;
}

content_block read_image(members& in, std::vector<loss>& losses) {
  auto found = in.object("image_url");
  if (!found) {
    in.refuse("image_url", "it is an object that must be there");
    return image_block{};
  }
  members one{*found, in.place_of("image_url")};
  auto made = image_of(one, one.needed("url"));
  if (one.text_or("detail", "auto") != "auto")
    note(losses, lost::extra, "the detail of pictures is not passed on");
  in.take_problem(one);
  return made;
}

content_block read_part(members& in, const rapidjson::Value& part,
                        std::vector<loss>& losses) {
  auto type = in.needed("type");
  if (type == "image_url")
    return read_image(in, losses);
  if (type != "text" && type != "refusal")
    return opaque_block{"openai", json_of(part)};
  text_block made{in.needed(type)};
  note_rest(in, losses);
  return made;
}

/// Reads a text or a list of parts.
std::vector<content_block> read_content(members& in,
                                        std::vector<loss>& losses) {
  std::vector<content_block> made;
  auto found = in.find("content");
  if (!found)
    return made;
  if (found->IsString()) {
    made.push_back(text_block{std::string{view_of(*found)}});
    return made;
  }
  if (!found->IsArray() || found->Size() > limits::content_blocks_max) {
    in.refuse("content", "it is a text or a list of at most 1,024 parts");
    return made;
  }
  for (rapidjson::SizeType i = 0; i < found->Size(); ++i) {
    const auto& part = (*found)[i];
    if (!part.IsObject()) {
      in.refuse("content", "a part is an object");
      return made;
    }
    members one{part, in.place_of("content") + '.' + std::to_string(i)};
    made.push_back(read_part(one, part, losses));
    in.take_problem(one);
  }
  return made;
}

/// Reads content that is text; several parts are lines.
std::string read_text(members& in, std::vector<loss>& losses) {
  std::string made;
  for (const auto& block : read_content(in, losses)) {
    auto text = std::get_if<text_block>(&block);
    if (!text)
      in.refuse("content", "it is text");
    else
      made.append(made.empty() ? "" : "\n").append(text->text);
  }
  return made;
}

// -- messages -----------------------------------------------------------------

void read_call(members& in, std::vector<content_block>& to,
               std::vector<loss>& losses) {
  tool_use_block made{in.needed("id"), {}, "{}"};
  auto found = in.object("function");
  if (in.text_or("type", "function") != "function" || !found)
    return in.refuse("type", "it is a call of a function");
  members one{*found, in.place_of("function")};
  made.name = one.needed("name");
  if (auto given = one.text_or("arguments", ""); !given.empty())
    made.input_json = std::move(given);
  in.take_problem(one);
  // Some lists of calls that were streamed have their places, too.
  in.find("index");
  note_rest(in, losses);
  to.push_back(std::move(made));
}

chat_message read_assistant(members& in, std::vector<loss>& losses) {
  chat_message made{role::assistant, {}};
  auto& content = made.content;
  auto thought = in.text_or("reasoning_content", "");
  if (thought.empty())
    thought = in.text_or("reasoning", "");
  if (!thought.empty())
    content.push_back(thinking_block{std::move(thought), {}});
  for (auto& block : read_content(in, losses))
    if (auto text = std::get_if<text_block>(&block);
        !text || !text->text.empty())
      content.push_back(std::move(block));
  if (auto refusal = in.text("refusal"); refusal && !refusal->empty())
    content.push_back(text_block{*std::move(refusal)});
  auto calls = in.array("tool_calls");
  for (rapidjson::SizeType i = 0; calls && i < calls->Size(); ++i) {
    if (!(*calls)[i].IsObject()) {
      in.refuse("tool_calls", "a call is an object");
      break;
    }
    members one{(*calls)[i],
                in.place_of("tool_calls") + '.' + std::to_string(i)};
    read_call(one, content, losses);
    in.take_problem(one);
  }
  return made;
}

// A user's own message has none, so that one block tells of all.
bool holds_results(const chat_message& message) {
  const auto& content = message.content;
  return message.who == role::user
         && (content.empty()
             || std::holds_alternative<tool_result_block>(content.back()));
}

// What several calls of one answer got is one message elsewhere.
void add_result(tool_result_block result, std::vector<chat_message>& to) {
  if (to.empty() || !holds_results(to.back()))
    to.push_back({role::user, {}});
  to.back().content.push_back(std::move(result));
}

class conversation {
public:
  explicit conversation(asked_message& to) : to_(to) {
    // nop
  }

  void take(members& in) {
    auto who = in.needed("role");
    auto& said = to_.request.messages;
    auto& losses = to_.losses;
    if (who == "user")
      said.push_back({role::user, read_content(in, losses)});
    else if (who == "assistant")
      take_assistant(in);
    else if (who == "tool")
      add_result({in.needed("tool_call_id"), read_text(in, losses)}, said);
    else if (who == "system" || who == "developer")
      take_system(in);
    else
      in.refuse("role", "it is system, developer, user, assistant or tool");
    note_rest(in, losses);
  }

  void end() {
    set_system(std::move(system_), to_.request);
  }

private:
  // An assistant that said nothing is no message to anybody.
  void take_assistant(members& in) {
    auto made = read_assistant(in, to_.losses);
    if (!made.content.empty())
      to_.request.messages.push_back(std::move(made));
  }

  void take_system(members& in) {
    if (!to_.request.messages.empty())
      note(to_.losses, lost::extra,
           "a system message inside the conversation stands before it");
    system_.push_back({read_text(in, to_.losses)});
  }

  asked_message& to_;
  std::vector<text_block> system_;
};

} // namespace

void read_messages(members& in, asked_message& to) {
  auto found = messages_of(in);
  conversation said{to};
  for (rapidjson::SizeType i = 0; found && i < found->Size(); ++i) {
    if (!(*found)[i].IsObject())
      return in.refuse("messages", "a message is an object");
    members one{(*found)[i], "messages." + std::to_string(i)};
    said.take(one);
    in.take_problem(one);
  }
  said.end();
}

} // namespace byollm::clients::openai
