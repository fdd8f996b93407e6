// SPDX-License-Identifier: Apache-2.0
#include "app/http/sse.hpp"

namespace byollm::http {

std::string event(std::string_view name, std::string_view data) {
  std::string out;
  out.reserve(name.size() + data.size() + 16);
  if (!name.empty())
    out.append("event: ").append(name).append("\n");
  out.append("data: ");
  auto begin = out.size();
  out.append(data);
  // Between the values of JSON that came from outside there may be some.
  for (auto line_end : {'\n', '\r'})
    for (auto at = out.find(line_end, begin); at != out.npos;
         at = out.find(line_end, at))
      out[at] = ' ';
  out.append("\n\n");
  return out;
}

} // namespace byollm::http
