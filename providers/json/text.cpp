// SPDX-License-Identifier: Apache-2.0
#include "providers/json/text.hpp"

#include "providers/eight_bytes.hpp"

#include <cstdint>

namespace byollm::json {

namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";
constexpr std::string_view replacement_escape = "\\ufffd";
constexpr auto npos = std::string_view::npos;

/// Returns how many bytes at the start of `text` are ASCII.
size_t ascii_run(std::string_view text) noexcept {
  return eight_bytes::run_before(text, eight_bytes::has_non_ascii, [](char c) {
    return static_cast<uint8_t>(c) >= 0x80;
  });
}

bool is_continuation(char c) noexcept {
  return (static_cast<uint8_t>(c) & 0xC0) == 0x80;
}

/// Returns the length of the well-formed sequence that `text` starts with, or 0
/// (Unicode 15, table 3-7).
size_t sequence(std::string_view text) noexcept {
  auto lead = static_cast<uint8_t>(text[0]);
  if (lead < 0x80)
    return 1;
  size_t n = lead >= 0xC2 && lead <= 0xDF   ? 2
             : lead >= 0xE0 && lead <= 0xEF ? 3
             : lead >= 0xF0 && lead <= 0xF4 ? 4
                                            : 0;
  if (n == 0 || text.size() < n)
    return 0;
  for (size_t i = 1; i < n; ++i)
    if (!is_continuation(text[i]))
      return 0;
  auto second = static_cast<uint8_t>(text[1]);
  if ((lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F)
      || (lead == 0xF0 && second < 0x90) || (lead == 0xF4 && second > 0x8F))
    return 0;
  return n;
}

/// Returns where the first ill-formed byte is, or npos.
size_t find_ill_formed(std::string_view text, size_t from) noexcept {
  while (true) {
    from += ascii_run(text.substr(from));
    if (from == text.size())
      return npos;
    size_t n = sequence(text.substr(from));
    if (n == 0)
      return from;
    from += n;
  }
}

/// Returns the UTF-16 unit that `\uXXXX` at the start of `text` names, or 0.
uint32_t escaped_unit(std::string_view text) noexcept {
  if (text.size() < 6 || text[0] != '\\' || text[1] != 'u')
    return 0;
  uint32_t unit = 0;
  for (char c : text.substr(2, 4)) {
    uint32_t digit
      = c >= '0' && c <= '9'   ? static_cast<uint32_t>(c - '0')
        : c >= 'a' && c <= 'f' ? static_cast<uint32_t>(c - 'a') + 10
        : c >= 'A' && c <= 'F' ? static_cast<uint32_t>(c - 'A') + 10
                               : 16;
    if (digit == 16)
      return 0;
    unit = unit << 4 | digit;
  }
  return unit;
}

/// Returns where the first escape of a surrogate without partner is, or npos.
size_t find_lone_surrogate(std::string_view text, size_t from) noexcept {
  while ((from = text.find('\\', from)) != npos) {
    uint32_t unit = escaped_unit(text.substr(from));
    if (unit < 0xD800 || unit > 0xDFFF) {
      from += 2;
      continue;
    }
    uint32_t next = unit <= 0xDBFF ? escaped_unit(text.substr(from + 6)) : 0;
    if (next < 0xDC00 || next > 0xDFFF)
      return from;
    from += 12;
  }
  return npos;
}

} // namespace

bool is_utf8(std::string_view text) noexcept {
  return find_ill_formed(text, 0) == npos;
}

void append_utf8(std::string& out, std::string_view text) {
  size_t begin = 0;
  for (size_t bad; (bad = find_ill_formed(text, begin)) != npos;
       begin = bad + 1) {
    out.append(text.substr(begin, bad - begin));
    out.append(replacement);
  }
  out.append(text.substr(begin));
}

std::string_view repaired(std::string_view text, std::string& scratch) {
  auto view = text;
  if (!is_utf8(text)) {
    scratch.clear();
    append_utf8(scratch, text);
    view = scratch;
  }
  size_t lone = find_lone_surrogate(view, 0);
  if (lone == npos)
    return view;
  if (view.data() != scratch.data())
    scratch.assign(view);
  for (; lone != npos; lone = find_lone_surrogate(scratch, lone + 6))
    scratch.replace(lone, replacement_escape.size(), replacement_escape);
  return scratch;
}

} // namespace byollm::json
