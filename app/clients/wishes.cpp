// SPDX-License-Identifier: Apache-2.0
#include "app/clients/wishes.hpp"

#include "app/owner/json.hpp"
#include "messages/limits.hpp"
#include "providers/json/members.hpp"

#include <utility>

namespace byollm::clients {

namespace {

bool is_of_trace(std::string_view name) noexcept {
  return name == "traceparent" || name == "tracestate";
}

} // namespace

bool is_anyone(std::string_view model) noexcept {
  return model.empty() || model == "byollm" || model == "default";
}

std::optional<std::string> read_model(members& in) {
  auto named = in.text("model");
  if (!named || is_anyone(*named))
    return std::nullopt;
  return named;
}

std::string purpose_of(const source& from, std::string in_body) {
  auto header = from.fields.find("x-byollm-purpose");
  return header.empty() ? std::move(in_body) : std::string{header};
}

std::map<std::string, std::string> headers_of(const http::header_fields& fields,
                                              std::string_view dialect) {
  auto prefix = std::string{dialect} + '-';
  std::map<std::string, std::string> made;
  for (size_t i = 0; i < fields.size(); ++i) {
    auto [name, value] = fields.at(i);
    if (value.empty() || (!name.starts_with(prefix) && !is_of_trace(name)))
      continue;
    auto [it, is_new] = made.emplace(name, value);
    // A field that came twice is one list.
    if (!is_new)
      it->second.append(",").append(value);
  }
  return made;
}

void read_extra(members& in, const source& from, std::string_view dialect,
                std::string more, create_message_request& to) {
  std::string fields;
  auto all = json::members_of(from.text);
  for (const auto& [name, value] : all ? *all : std::vector<json::raw_pair>{}) {
    // Names with escapes could be known ones in other letters.
    if (name.find('\\') != std::string_view::npos)
      return in.refuse(name, "a member has no plain name");
    if (in.is_known(name))
      continue;
    fields.append(fields.empty() ? "\"" : ",\"").append(name);
    fields.append("\":").append(value);
  }
  if (!more.empty())
    fields.append(fields.empty() ? "" : ",").append(more);
  auto headers = headers_of(from.fields, dialect);
  if (fields.empty() && headers.empty())
    return;
  auto& made = to.extra.emplace();
  made.dialect = dialect;
  made.headers = std::move(headers);
  if (!fields.empty())
    made.fields_json = '{' + fields + '}';
}

void note(std::vector<loss>& losses, lost what, std::string why) {
  size_t of_kind = 0;
  for (const auto& each : losses) {
    if (each.what != what)
      continue;
    if (each.why == why)
      return;
    ++of_kind;
  }
  if (of_kind == limits::losses_of_kind_max)
    return;
  if (of_kind + 1 == limits::losses_of_kind_max)
    why = "and more of this kind";
  losses.push_back({what, std::move(why)});
}

void note_rest(const members& in, std::vector<loss>& losses) {
  if (auto name = in.rest(); !name.empty())
    note(losses, lost::extra, "there is no place for " + in.place_of(name));
}

void check_params(members& in, const parameters& params,
                  std::string_view stop_name) {
  auto good = check_ranges(params);
  if (good)
    return;
  auto why = good.error();
  if (why.parameter == to_string(parameter::stop_sequences))
    why.parameter = stop_name;
  in.refuse(std::move(why));
}

void set_system(std::vector<text_block> blocks, create_message_request& to) {
  // One text without a mark is all that most have.
  if (blocks.size() == 1 && !blocks.front().cache_mark)
    to.system = std::move(blocks.front().text);
  else
    to.system_blocks = std::move(blocks);
}

const rapidjson::Value* messages_of(members& in) {
  auto found = in.array("messages");
  if (found && !found->Empty() && found->Size() <= limits::messages_max)
    return found;
  in.refuse("messages", "there are 1 to 10,000 messages");
  return nullptr;
}

std::string json_of(const rapidjson::Value& value) {
  return owner::json_text([&](owner::json_writer& to) { value.Accept(to); });
}

} // namespace byollm::clients
