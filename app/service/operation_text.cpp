// SPDX-License-Identifier: Apache-2.0
#include "app/service/operation_text.hpp"

#include "app/owner/json.hpp"

namespace byollm::service {

std::string begin_operation(std::string_view op) {
  auto head = owner::json_text([&](owner::json_writer& to) {
    to.StartObject();
    owner::put(to, "op", op);
    to.EndObject();
  });
  head.pop_back();
  return head;
}

void add(std::string& to, std::string_view name, std::string_view value) {
  to += ',';
  to += owner::json_text(
    [&](owner::json_writer& json) { owner::put(json, name); });
  to += ':';
  to += owner::json_text(
    [&](owner::json_writer& json) { owner::put(json, value); });
}

wiped_bytes join(std::string_view head, std::string_view body) {
  wiped_bytes out{head.begin(), head.end()};
  auto begin = body.find('{');
  auto members = begin == std::string_view::npos ? std::string_view{"}"}
                                                 : body.substr(begin + 1);
  auto first = members.find_first_not_of(" \t\r\n");
  if (first != std::string_view::npos && members[first] != '}')
    out.push_back(',');
  append(out, members);
  return out;
}

} // namespace byollm::service
