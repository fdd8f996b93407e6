// SPDX-License-Identifier: Apache-2.0
#include "app/clients/anthropic/parts.hpp"
#include "app/clients/wishes.hpp"

#include <array>

namespace byollm::clients::anthropic {

namespace {

using effort = thinking_wish::effort;

struct known_effort {
  std::string_view name;
  effort how;
  bool is_same;
};

constexpr std::array efforts = {
  known_effort{"low", effort::low, true},
  known_effort{"medium", effort::medium, true},
  known_effort{"high", effort::high, true},
  known_effort{"xhigh", effort::high, false},
  known_effort{"max", effort::high, false},
};

// Without one, Anthropic takes its highest that is not asked for.
effort effort_of(members& in, std::string_view told, asked_message& to) {
  for (const auto& each : efforts) {
    if (each.name != told)
      continue;
    if (!each.is_same)
      note(to.losses, lost::effort,
           std::string{told} + " is asked as "
             + std::string{to_string(each.how)});
    return each.how;
  }
  if (!told.empty())
    in.refuse("effort", "it is low, medium, high, xhigh or max");
  return effort::high;
}

void read_thinking(members& in, effort how, asked_message& to) {
  auto type = in.needed("type");
  auto& wish = to.request.thinking;
  if (type == "disabled")
    wish = thinking_wish{effort::off};
  else if (type == "adaptive")
    wish = thinking_wish{how};
  else if (type == "enabled")
    wish = thinking_wish{how, in.integer("budget_tokens")};
  else
    in.refuse("type", "it is enabled, adaptive or disabled");
  if (in.text_or("display", "summarized") != "summarized")
    note(to.losses, lost::thinking, "thoughts are shown where they are told");
  note_rest(in, to.losses);
}

void read_format(members& in, std::string_view name, asked_message& to) {
  auto found = in.object(name);
  if (!found)
    return;
  members one{*found, in.place_of(name)};
  if (one.needed("type") != "json_schema")
    one.refuse("type", "it is json_schema");
  auto& made = to.request.output.emplace();
  if (auto schema = one.object("schema"))
    made.schema_json = json_of(*schema);
  else
    one.refuse("schema", "it is a JSON Schema that must be there");
  note_rest(one, to.losses);
  in.take_problem(one);
}

} // namespace

void read_output(members& in, asked_message& to) {
  std::string told;
  auto how = effort::high;
  if (auto config = in.object("output_config")) {
    members one{*config, "output_config"};
    told = one.text_or("effort", "");
    how = effort_of(one, told, to);
    read_format(one, "format", to);
    note_rest(one, to.losses);
    in.take_problem(one);
  }
  // As it was called in a beta.
  read_format(in, "output_format", to);
  auto thinking = in.object("thinking");
  if (thinking) {
    members one{*thinking, "thinking"};
    read_thinking(one, how, to);
    in.take_problem(one);
  } else if (!told.empty()) {
    note(to.losses, lost::effort, "an effort is asked of thinking alone");
  }
}

} // namespace byollm::clients::anthropic
