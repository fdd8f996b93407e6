// SPDX-License-Identifier: Apache-2.0
#include "app/clients/headers.hpp"

#include "app/clients/trouble.hpp"

#include <algorithm>
#include <chrono>

namespace byollm::clients {

namespace {

constexpr size_t value_bytes_max = 1'024;
/// So many an answer has, mostly.
constexpr size_t fields_usual = 12;

// Some of it a provider said: what is no field's value does not leave.
std::string value_of(std::string_view text) {
  std::string made{text.substr(0, value_bytes_max)};
  for (auto& c : made)
    if (c < ' ' || c > '~')
      c = '?';
  return made;
}

void add(header_list& to, std::string_view name, std::string_view value) {
  if (!value.empty())
    to.emplace_back(name, value_of(value));
}

void add_who(header_list& to, std::string_view provider, std::string_view model,
             bool is_byollm) {
  add(to, "x-byollm-provider", provider);
  add(to, "x-byollm-model", model);
  add(to, "x-byollm-key", is_byollm ? "user" : "platform");
}

std::string parameters_text(const std::vector<provenance>& params) {
  std::string made;
  for (const auto& each : params) {
    if (each.set_by == rung::unset)
      continue;
    made.append(made.empty() ? "" : ", ").append(to_string(each.which));
    made.append("=").append(to_string(each.fate));
  }
  return made;
}

std::string losses_text(const std::vector<loss>& some,
                        const std::vector<loss>& others) {
  std::vector<std::string_view> names;
  for (const auto* losses : {&some, &others})
    for (const auto& each : *losses)
      if (auto name = to_string(each.what);
          std::ranges::find(names, name) == names.end())
        names.push_back(name);
  std::string made;
  for (auto name : names)
    made.append(made.empty() ? "" : ", ").append(name);
  return made;
}

} // namespace

header_list id_headers(std::string_view id) {
  header_list made;
  made.reserve(fields_usual);
  for (auto name : {"x-request-id", "request-id"})
    add(made, name, id);
  return made;
}

header_list asked_headers(const call_view& of) {
  auto made = id_headers(of.call);
  add(made, "x-byollm-call", of.call);
  add(made, "x-byollm-turn", of.turn);
  add_who(made, of.provider, of.model, of.is_byollm);
  return made;
}

header_list answer_headers(const message_reply& got,
                           const std::vector<loss>& before) {
  auto made = id_headers(got.call);
  add(made, "x-byollm-call", got.call);
  add(made, "x-byollm-turn", got.turn);
  add_who(made, got.provider, got.model, got.is_byollm);
  add(made, "x-byollm-fallback-from", got.fallback_from);
  add(made, "x-byollm-parameters", parameters_text(got.params));
  add(made, "x-byollm-losses", losses_text(before, got.losses));
  return made;
}

header_list retry_headers(const failure& why, int status) {
  header_list made;
  if (is_final(why)) {
    made.emplace_back("x-should-retry", "false");
  } else if (why.retry_after || status == 429 || status == 529) {
    auto wait = why.retry_after.value_or(std::chrono::seconds{1}).count();
    made.emplace_back("retry-after", std::to_string((wait + 999) / 1'000));
    made.emplace_back("retry-after-ms", std::to_string(wait));
  }
  if (status == 401)
    made.emplace_back("www-authenticate", "Bearer");
  return made;
}

std::string as_comments(const header_list& fields) {
  std::string made;
  for (const auto& [name, value] : fields)
    made.append(": ").append(name).append(": ").append(value).append("\n");
  return made.empty() ? made : made + '\n';
}

} // namespace byollm::clients
