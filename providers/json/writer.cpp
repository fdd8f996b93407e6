// SPDX-License-Identifier: Apache-2.0
#include "providers/json/writer.hpp"

#include "providers/json/text.hpp"

#include <charconv>
#include <cmath>
#include <cstring>

namespace byollm::json {

namespace {

constexpr bool needs_escape(char c) noexcept {
  return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\';
}

void append_escape(std::string& out, char c) {
  constexpr std::string_view hex = "0123456789abcdef";
  switch (c) {
  case '"':
    out += "\\\"";
    break;
  case '\\':
    out += "\\\\";
    break;
  case '\n':
    out += "\\n";
    break;
  case '\r':
    out += "\\r";
    break;
  case '\t':
    out += "\\t";
    break;
  default:
    out += "\\u00";
    out += hex[static_cast<unsigned char>(c) >> 4];
    out += hex[static_cast<unsigned char>(c) & 0xF];
  }
}

constexpr uint64_t ones = 0x0101010101010101u;
constexpr uint64_t tops = 0x8080808080808080u;

/// Returns the top bit of each byte that is below `bound`, of 128 at most; of
/// bytes above such a one it may be wrong.
constexpr uint64_t below(uint64_t word, uint64_t bound) noexcept {
  return (word - ones * bound) & ~word & tops;
}

/// Returns whether one of eight bytes must be escaped.
constexpr bool has_escape(uint64_t word) noexcept {
  return (below(word, 0x20) | below(word ^ ones * '"', 1)
          | below(word ^ ones * '\\', 1))
         != 0;
}

/// Returns how many bytes at the start of `text` stand for themselves.
size_t plain_run(std::string_view text) noexcept {
  size_t n = 0;
  for (uint64_t word; n + sizeof(word) <= text.size(); n += sizeof(word)) {
    std::memcpy(&word, text.data() + n, sizeof(word));
    if (has_escape(word))
      break;
  }
  while (n < text.size() && !needs_escape(text[n]))
    ++n;
  return n;
}

/// Escapes well-formed `text`, copying whole runs.
void append_escaped(std::string& out, std::string_view text) {
  while (!text.empty()) {
    auto run = plain_run(text);
    out.append(text.substr(0, run));
    if (run == text.size())
      return;
    append_escape(out, text[run]);
    text.remove_prefix(run + 1);
  }
}

template <class Number>
void append_number(std::string& out, Number number) {
  char digits[32];
  auto [end, error] = std::to_chars(digits, digits + sizeof(digits), number);
  out.append(digits, end);
}

} // namespace

void writer::separate() {
  // What stands last tells whether a value stands before this one.
  if (!out_.empty() && out_.back() != '{' && out_.back() != '['
      && out_.back() != ':')
    out_ += ',';
}

writer& writer::begin_object() {
  separate();
  out_ += '{';
  return *this;
}

writer& writer::end_object() {
  out_ += '}';
  return *this;
}

writer& writer::begin_array() {
  separate();
  out_ += '[';
  return *this;
}

writer& writer::end_array() {
  out_ += ']';
  return *this;
}

writer& writer::key(std::string_view name) {
  string(name);
  out_ += ':';
  return *this;
}

writer& writer::string(std::string_view text) {
  separate();
  out_ += '"';
  if (is_utf8(text)) {
    append_escaped(out_, text);
  } else {
    std::string good;
    append_utf8(good, text);
    append_escaped(out_, good);
  }
  out_ += '"';
  return *this;
}

writer& writer::checked(std::string_view text) {
  separate();
  out_ += text;
  return *this;
}

writer& writer::null() {
  return checked("null");
}

writer& writer::boolean(bool flag) {
  return checked(flag ? "true" : "false");
}

writer& writer::number(int64_t number) {
  separate();
  append_number(out_, number);
  return *this;
}

writer& writer::number(double number) {
  if (!std::isfinite(number))
    return null();
  separate();
  append_number(out_, number);
  return *this;
}

} // namespace byollm::json
