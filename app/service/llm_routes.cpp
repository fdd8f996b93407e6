// SPDX-License-Identifier: Apache-2.0
// What an extension asks with a call token.
#include "app/owner/fields.hpp"
#include "app/owner/json.hpp"
#include "app/service/asking.hpp"
#include "app/service/read_call.hpp"
#include "app/service/render.hpp"
#include "messages/limits.hpp"

#include <algorithm>
#include <array>

namespace byollm::service {

namespace {

std::string render_llm(const open_turn& turn) {
  auto llm = turn.at.llm();
  return owner::json_text([&](owner::json_writer& to) {
    to.StartObject();
    owner::put(to, "provider", llm.provider());
    owner::put(to, "model", llm.model());
    owner::put_flag(to, "is_byollm", llm.is_byollm());
    owner::put(to, "turn", turn.at.turn());
    owner::put(to, "tenant", turn.grant.tenant);
    owner::put(to, "user", turn.grant.user);
    owner::put(to, "extension", turn.grant.extension);
    owner::put(to, "kind", to_string(turn.grant.kind));
    to.Key("expires_unix_ms");
    to.Int64(turn.grant.expires_unix_ms);
    to.EndObject();
  });
}

std::string_view text_in(const visit_ptr& v) {
  return view(v->at->asked().body);
}

std::string rendered(const message_reply& got) {
  return render(got);
}

// A line's own fields must not look like ours, nor grow without end.
bool may_log(owner::fields& in, std::string_view text,
             const log_fields& fields) {
  static constexpr std::array ours
    = {"tenant", "user", "extension", "turn", "level", "text", "unix_ms"};
  auto size = text.size();
  for (const auto& [name, value] : fields) {
    size += name.size() + value.size();
    if (std::ranges::find(ours, name) != ours.end())
      in.refuse("fields", "the field " + name + " is ours");
  }
  if (size > limits::log_line_bytes_max
      || fields.size() > limits::log_fields_max)
    in.refuse("text", "a line has at most 8 KiB and 32 fields");
  return !in.problem();
}

log_level level_of(std::string_view name) {
  if (name == "debug")
    return log_level::debug;
  if (name == "warning")
    return log_level::warning;
  return name == "error" ? log_level::error : log_level::info;
}

} // namespace

void show_llm(parts& of, const visit_ptr& v) {
  with_turn(of, v, own_voice(rendered), [v](const open_turn_ptr& turn) {
    v->at->reply({200, render_llm(*turn)});
  });
}

void end_llm(parts& of, const visit_ptr& v) {
  if (auto ended = of.turns.end(v->grant); ended)
    v->at->reply({204});
  else
    v->at->reply(answer_of(ended.error()));
}

void create_message(parts& of, const visit_ptr& v) {
  auto asked = read_call(v->body, text_in(v));
  if (!asked)
    return v->at->reply(answer_of(asked.error()));
  auto call = std::make_shared<asked_call>(*std::move(asked));
  auto to = own_voice(rendered);
  for_call(of, v, call->request.purpose, to,
           [v, call, to](const open_turn_ptr& turn) {
             join_trace(*v, *turn, call->request);
             auto start = call->stream ? ask_stream : ask_whole;
             start(turn, std::move(call->request), v->at, to);
           });
}

void count_tokens(parts& of, const visit_ptr& v) {
  auto asked = read_call(v->body, text_in(v));
  if (!asked)
    return v->at->reply(answer_of(asked.error()));
  if (asked->stream)
    return v->at->reply(
      answer_of({errc::invalid_request, "a count is no stream", "stream"}));
  auto call = std::make_shared<asked_call>(*std::move(asked));
  auto to = own_voice(render_count);
  for_call(
    of, v, call->request.purpose, to, [v, call, to](const open_turn_ptr& turn) {
      join_trace(*v, *turn, call->request);
      ask(turn, v->at, to, [&](const llm_accessor& llm, done_fn done) {
        return llm.count_tokens(std::move(call->request), std::move(done));
      });
    });
}

void embed(parts& of, const visit_ptr& v) {
  auto asked = read_embed(v->body);
  if (!asked)
    return v->at->reply(answer_of(asked.error()));
  auto request = std::make_shared<embed_request>(*std::move(asked));
  auto in_base64 = request->input.format == vector_format::base64;
  auto to = own_voice([in_base64](const message_reply& got) {
    return render_vectors(got, in_base64);
  });
  for_call(of, v, request->purpose, to,
           [v, request, to](const open_turn_ptr& turn) {
             request->trace = trace_for(*v, *turn);
             ask(turn, v->at, to, [&](const llm_accessor& llm, done_fn done) {
               return llm.embed(std::move(*request), std::move(done));
             });
           });
}

// The host asks in a turn of its own, which ends with the answer.
void complete(parts& of, const visit_ptr& v) {
  owner::fields in{v->body};
  turn_request turn;
  turn.tenant = in.text("tenant");
  turn.user = in.text("user");
  turn.extension = in.text_or("extension", "platform");
  turn.id = in.text_or("turn", "");
  auto prompt = in.maybe_text("prompt");
  constexpr std::array own = {"tenant", "user", "extension", "turn", "prompt"};
  // The others are the call's.
  if (auto wrong = in.problem();
      wrong && std::ranges::find(own, wrong->parameter) != own.end())
    return v->at->reply(answer_of(*wrong));
  for (auto name : own)
    v->body.RemoveMember(name);
  if (prompt) {
    auto& memory = v->body.GetAllocator();
    rapidjson::Value message{rapidjson::kObjectType};
    message.AddMember("role", "user", memory);
    message.AddMember("content", rapidjson::Value{*prompt, memory}, memory);
    rapidjson::Value messages{rapidjson::kArrayType};
    messages.PushBack(message, memory);
    v->body.RemoveMember("messages");
    v->body.AddMember("messages", messages, memory);
  }
  auto asked = read_call(v->body, text_in(v));
  if (!asked)
    return v->at->reply(answer_of(asked.error()));
  auto call = std::make_shared<asked_call>(*std::move(asked));
  of.of.open_turn(turn).then([v, call, turn](expected<context> opened) {
    if (!opened)
      return v->at->reply(answer_of(opened.error()));
    note_whose(*v->at, turn);
    auto held = std::make_shared<open_turn>(*std::move(opened), call_grant{});
    join_trace(*v, *held, call->request);
    auto start = call->stream ? ask_stream : ask_whole;
    start(held, std::move(call->request), v->at, own_voice(rendered));
  });
}

void write_log(parts& of, const visit_ptr& v) {
  owner::fields in{v->body};
  auto level
    = level_of(in.choice("level", {"info", "debug", "warning", "error"}));
  auto text = in.text("text");
  log_fields fields;
  if (auto given = in.find("fields")) {
    if (!given->IsObject())
      in.refuse("fields", "fields are {name: text}");
    else
      for (const auto& [name, value] : given->GetObject())
        fields.emplace_back(
          std::string{name.GetString(), name.GetStringLength()},
          value.IsString()
            ? std::string{value.GetString(), value.GetStringLength()}
            : text_of(value));
  }
  if (!may_log(in, text, fields))
    return v->at->reply(answer_of(*in.problem()));
  with_turn(of, v, own_voice(rendered),
            [v, level, text, fields](const open_turn_ptr& turn) {
              turn->at.log(level, text, fields);
              v->at->reply({204});
            });
}

} // namespace byollm::service
