// SPDX-License-Identifier: Apache-2.0
#include "app/http/record.hpp"

#include "messages/trace.hpp"

#include <algorithm>
#include <array>

namespace byollm::http {

namespace {

constexpr size_t agent_bytes_max = 256;
constexpr size_t agent_word_max = 24;

// What stands between the words of a user agent; a key has no such characters,
// or long words between them.
constexpr bool is_word_char(char c) noexcept {
  return c > ' ' && c <= '~'
         && std::string_view{"/.;:,()[]"}.find(c) == std::string_view::npos;
}

// A request line that is not HTTP's may have anything in a method's place.
std::string_view known_method(std::string_view method) noexcept {
  constexpr std::array known = {"GET",   "HEAD",    "POST",    "PUT",  "DELETE",
                                "PATCH", "OPTIONS", "CONNECT", "TRACE"};
  auto found = std::ranges::find(known, method);
  return found == known.end() ? "other" : *found;
}

} // namespace

void set_note(notes& to, std::string_view name, std::string_view value) {
  auto known = std::ranges::find(to, name, &notes::value_type::first);
  if (known == to.end())
    to.emplace_back(name, value);
  else
    known->second = value;
}

void describe_head(const request& head, record& to) {
  to.method = known_method(head.method);
  to.user_agent = plain_agent(head.header("user-agent"));
  if (auto given = parse_traceparent(head.header("traceparent")))
    to.trace = std::move(given->trace_id);
}

std::string plain_agent(std::string_view agent) {
  std::string out;
  size_t word = 0;
  for (auto c : agent.substr(0, agent_bytes_max)) {
    auto is_letter = is_word_char(c);
    word = is_letter ? word + 1 : 0;
    if (word > agent_word_max) {
      // Once it is known to be too long, nothing of it is left.
      if (word == agent_word_max + 1)
        out.replace(out.size() - agent_word_max, agent_word_max, "*");
    } else {
      auto is_plain = c >= ' ' && c <= '~';
      out += is_plain ? c : '?';
    }
  }
  return out;
}

} // namespace byollm::http
