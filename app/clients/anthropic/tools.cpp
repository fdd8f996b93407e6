// SPDX-License-Identifier: Apache-2.0
#include "app/clients/anthropic/parts.hpp"
#include "app/clients/wishes.hpp"

#include <array>
#include <utility>

namespace byollm::clients::anthropic {

namespace {

// What Anthropic runs by itself (a search, a shell), nobody else has.
void read_tool(members& in, asked_message& to) {
  if (in.text_or("type", "custom") != "custom")
    return in.refuse({errc::unsupported,
                      "tools that a provider runs by itself are not offered",
                      in.place_of("type")});
  tool made{in.needed("name"), in.text_or("description", ""), "{}"};
  if (auto schema = in.object("input_schema"))
    made.input_schema_json = json_of(*schema);
  made.cache_mark = read_mark(in, to.losses);
  note_rest(in, to.losses);
  to.request.tools.push_back(std::move(made));
}

void read_choice(members& in, tool_choice& to) {
  using mode = tool_choice::mode;
  constexpr std::array names
    = {std::pair{"auto", mode::automatic}, std::pair{"any", mode::any},
       std::pair{"none", mode::none}, std::pair{"tool", mode::one}};
  auto type = in.needed("type");
  auto is_known = false;
  for (auto [name, how] : names)
    if (type == name) {
      to.how = how;
      is_known = true;
    }
  if (!is_known)
    in.refuse("type", "it is auto, any, none or tool");
  if (to.how == mode::one)
    to.name = in.needed("name");
  to.one_at_a_time = in.flag("disable_parallel_tool_use");
}

} // namespace

void read_tools(members& in, asked_message& to) {
  auto found = in.array("tools");
  for (rapidjson::SizeType i = 0; found && i < found->Size(); ++i) {
    if (!(*found)[i].IsObject())
      return in.refuse("tools", "a tool is an object");
    members one{(*found)[i], "tools." + std::to_string(i)};
    read_tool(one, to);
    in.take_problem(one);
  }
  if (auto choice = in.object("tool_choice")) {
    members one{*choice, "tool_choice"};
    read_choice(one, to.request.choice.emplace());
    in.take_problem(one);
  }
}

} // namespace byollm::clients::anthropic
