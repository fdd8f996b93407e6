// SPDX-License-Identifier: Apache-2.0
#include "app/http/record.hpp"

#include <algorithm>
#include <array>

namespace byollm::http {

namespace {

constexpr size_t agent_bytes_max = 256;
constexpr size_t agent_word_max = 24;

constexpr bool is_hex(char c) noexcept {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

constexpr bool is_zero(char c) noexcept {
  return c == '0';
}

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

// Takes `size` hex digits that are not all zero off the front.
bool take_id(std::string_view& text, size_t size) noexcept {
  auto id = text.substr(0, size);
  text.remove_prefix(id.size());
  return id.size() == size && std::ranges::all_of(id, is_hex)
         && !std::ranges::all_of(id, is_zero);
}

bool take_dash(std::string_view& text) noexcept {
  auto is_there = text.starts_with('-');
  text.remove_prefix(is_there ? 1 : 0);
  return is_there;
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
  to.trace = trace_of(head.header("traceparent"));
}

std::string_view trace_of(std::string_view traceparent) noexcept {
  auto left = traceparent;
  auto version = left.substr(0, 2);
  left.remove_prefix(version.size());
  if (version.size() < 2 || !std::ranges::all_of(version, is_hex)
      || version == "ff" || !take_dash(left))
    return {};
  auto trace = left.substr(0, 32);
  if (!take_id(left, 32) || !take_dash(left) || !take_id(left, 16)
      || !take_dash(left))
    return {};
  auto flags = left.substr(0, 2);
  left.remove_prefix(flags.size());
  // Later versions may say more.
  auto ends_well = left.empty() || (version != "00" && left.front() == '-');
  auto is_valid = flags.size() == 2 && std::ranges::all_of(flags, is_hex);
  return is_valid && ends_well ? trace : std::string_view{};
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
