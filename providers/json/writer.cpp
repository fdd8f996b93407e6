// SPDX-License-Identifier: Apache-2.0
#include "providers/json/writer.hpp"

#include "providers/eight_bytes.hpp"
#include "providers/json/text.hpp"

#include <charconv>
#include <cmath>

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

bool has_escape(uint64_t word) noexcept {
  using namespace eight_bytes;
  return has_below(word, 0x20) || has(word, '"') || has(word, '\\');
}

/// Returns whether all of `text` stands for itself, be it well-formed or not.
bool is_plain(std::string_view text) noexcept {
  auto has_other = [](uint64_t word) {
    return eight_bytes::has_non_ascii(word) || has_escape(word);
  };
  auto is_other = [](char c) {
    return static_cast<unsigned char>(c) >= 0x80 || needs_escape(c);
  };
  return eight_bytes::run_before(text, has_other, is_other) == text.size();
}

/// Escapes well-formed `text`, copying whole runs.
void append_escaped(std::string& out, std::string_view text) {
  while (!text.empty()) {
    auto run = eight_bytes::run_before(text, has_escape, needs_escape);
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
  if (is_plain(text)) {
    out_ += text;
  } else if (is_utf8(text)) {
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
