// SPDX-License-Identifier: Apache-2.0
#include "app/http/sse.hpp"

namespace byollm::http {

std::string event(std::string_view name, std::string_view data) {
  std::string out;
  out.reserve(name.size() + data.size() + 16);
  if (!name.empty())
    out.append("event: ").append(name).append("\n");
  out.append("data: ");
  // Between the values of JSON that came from outside there may be line ends.
  for (auto c : data)
    out += c == '\n' || c == '\r' ? ' ' : c;
  out.append("\n\n");
  return out;
}

} // namespace byollm::http
