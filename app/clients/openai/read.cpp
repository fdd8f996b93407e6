// SPDX-License-Identifier: Apache-2.0
#include "app/clients/openai/parts.hpp"
#include "app/clients/wishes.hpp"

#include "messages/limits.hpp"
#include "providers/json/members.hpp"

#include <array>
#include <utility>

namespace byollm::clients::openai {

namespace {

// -- parameters ---------------------------------------------------------------

void read_params(members& in, parameters& to) {
  to.temperature = in.number("temperature");
  to.top_p = in.number("top_p");
  to.presence_penalty = in.number("presence_penalty");
  to.frequency_penalty = in.number("frequency_penalty");
  to.stop_sequences = in.texts("stop");
  auto older = in.integer("max_tokens");
  to.max_tokens = in.integer("max_completion_tokens");
  if (older && to.max_tokens && *older != *to.max_tokens)
    in.refuse("max_tokens", "max_completion_tokens says something else");
  if (!to.max_tokens)
    to.max_tokens = older;
  check_params(in, to, "stop");
}

// -- tools --------------------------------------------------------------------

void read_tool(members& in, asked_message& to) {
  if (in.text_or("type", "") != "function")
    return in.refuse("type", "tools are functions here");
  auto found = in.object("function");
  if (!found)
    return in.refuse("function", "it is an object that must be there");
  members one{*found, in.place_of("function")};
  tool made{one.needed("name"), one.text_or("description", ""), "{}"};
  if (auto schema = one.object("parameters"))
    made.input_schema_json = json_of(*schema);
  if (one.flag("strict"))
    note(to.losses, lost::extra, "tools are not kept to their schema strictly");
  note_rest(one, to.losses);
  in.take_problem(one);
  to.request.tools.push_back(std::move(made));
}

void read_tools(members& in, asked_message& to) {
  auto found = in.array("tools");
  if (!found)
    return;
  for (rapidjson::SizeType i = 0; i < found->Size(); ++i) {
    auto at = in.place_of("tools") + '.' + std::to_string(i);
    if (!(*found)[i].IsObject())
      return in.refuse("tools", "a tool is an object");
    members one{(*found)[i], at};
    read_tool(one, to);
    in.take_problem(one);
  }
}

void read_named_choice(members& in, tool_choice& to) {
  if (in.text_or("type", "") != "function")
    return in.refuse("type", "it names a function");
  auto found = in.object("function");
  if (!found)
    return in.refuse("function", "it is an object that must be there");
  members one{*found, in.place_of("function")};
  to.how = tool_choice::mode::one;
  to.name = one.needed("name");
  in.take_problem(one);
}

void read_choice(members& in, create_message_request& to) {
  auto one_at_a_time = !in.flag("parallel_tool_calls", true);
  auto found = in.find("tool_choice");
  if (!found && !one_at_a_time)
    return;
  auto& made = to.choice.emplace();
  made.one_at_a_time = one_at_a_time;
  if (!found)
    return;
  if (found->IsObject()) {
    members one{*found, in.place_of("tool_choice")};
    read_named_choice(one, made);
    return in.take_problem(one);
  }
  using mode = tool_choice::mode;
  constexpr std::array names
    = {std::pair{"auto", mode::automatic}, std::pair{"required", mode::any},
       std::pair{"none", mode::none}};
  for (auto [name, how] : names)
    if (found->IsString() && view_of(*found) == name) {
      made.how = how;
      return;
    }
  in.refuse("tool_choice", "it is auto, required, none or a function");
}

// -- the answer's form --------------------------------------------------------

void read_schema(members& in, output_format& to, std::vector<loss>& losses) {
  auto found = in.object("json_schema");
  if (!found)
    return in.refuse("json_schema", "it is an object that must be there");
  members one{*found, in.place_of("json_schema")};
  to.name = one.text_or("name", to.name);
  to.strict = one.flag("strict");
  if (auto schema = one.object("schema"))
    to.schema_json = json_of(*schema);
  else
    one.refuse("schema", "it is a JSON Schema that must be there");
  note_rest(one, losses);
  in.take_problem(one);
}

void read_format(members& in, asked_message& to) {
  auto found = in.object("response_format");
  if (!found)
    return;
  members one{*found, in.place_of("response_format")};
  auto type = one.text_or("type", "text");
  if (type == "text")
    return;
  auto& made = to.request.output.emplace();
  if (type == "json_schema")
    read_schema(one, made, to.losses);
  else if (type != "json_object")
    one.refuse("type", "it is text, json_schema or json_object");
  in.take_problem(one);
}

void read_effort(members& in, asked_message& to) {
  auto told = in.text("reasoning_effort");
  if (!told)
    return;
  using effort = thinking_wish::effort;
  struct known {
    std::string_view name;
    effort how;
    bool is_same;
  };
  constexpr std::array all = {
    known{"none", effort::off, true},  known{"minimal", effort::low, false},
    known{"low", effort::low, true},   known{"medium", effort::medium, true},
    known{"high", effort::high, true}, known{"xhigh", effort::high, false},
    known{"max", effort::high, false},
  };
  for (const auto& each : all) {
    if (each.name != *told)
      continue;
    to.request.thinking = thinking_wish{each.how};
    if (!each.is_same)
      note(to.losses, lost::effort,
           *told + " is asked as " + std::string{to_string(each.how)});
    return;
  }
  in.refuse("reasoning_effort", "it is none, minimal, low, medium or high");
}

// -- the rest -----------------------------------------------------------------

// Returns what is left of "metadata" without the purpose, as a member.
std::string read_metadata(members& in, const source& from,
                          create_message_request& to) {
  auto found = in.object("metadata");
  std::string purpose;
  std::string left;
  if (found) {
    members one{*found, "metadata"};
    purpose = one.text_or("purpose", "");
    in.take_problem(one);
    auto all = json::members_of(json::member_of(from.text, "metadata"));
    for (const auto& [name, value] : all ? *all : std::vector<json::raw_pair>{})
      if (name != "purpose")
        left.append(left.empty() ? "\"" : ",\"")
          .append(name)
          .append("\":")
          .append(value);
  }
  to.purpose = purpose_of(from, std::move(purpose));
  return left.empty() ? left : "\"metadata\":{" + left + '}';
}

void read_stream(members& in, asked_message& to) {
  to.stream = in.flag("stream");
  auto found = in.object("stream_options");
  if (!found)
    return;
  members one{*found, "stream_options"};
  to.include_usage = one.flag("include_usage");
  if (one.flag("include_obfuscation"))
    one.refuse("include_obfuscation", "streams are not padded");
  note_rest(one, to.losses);
  in.take_problem(one);
}

// An answer would lack what these ask for, and nobody would tell.
void refuse_unsayable(members& in) {
  if (in.integer("n").value_or(1) != 1)
    in.refuse("n", "there is one answer to a request");
  if (in.flag("logprobs"))
    in.refuse("logprobs", "answers tell no log probabilities");
  if (in.find("top_logprobs"))
    in.refuse("top_logprobs", "answers tell no log probabilities");
  for (auto name : {"functions", "function_call"})
    if (in.find(name))
      in.refuse(name, "functions are offered as tools");
  if (in.find("audio"))
    in.refuse("audio", "answers are text");
  for (const auto& each :
       in.texts("modalities").value_or(std::vector<std::string>{}))
    if (each != "text")
      in.refuse("modalities", "answers are text");
}

} // namespace

expected<asked_message> read(const source& from) {
  members in{from.body};
  asked_message made;
  auto& to = made.request;
  to.model = read_model(in);
  read_messages(in, made);
  read_params(in, to.params);
  read_tools(in, made);
  read_choice(in, to);
  read_format(in, made);
  read_effort(in, made);
  to.seed = in.integer("seed");
  if (auto user = in.text("user"))
    to.metadata.emplace("user_id", *std::move(user));
  auto metadata = read_metadata(in, from, to);
  read_stream(in, made);
  refuse_unsayable(in);
  read_extra(in, from, "openai", std::move(metadata), to);
  if (in.problem())
    return *in.problem();
  return made;
}

} // namespace byollm::clients::openai
