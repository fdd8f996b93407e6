// SPDX-License-Identifier: Apache-2.0
#include "app/process/terminal.hpp"

#include <algorithm>

#include <unistd.h>

namespace byollm {

namespace {

// Columns that `text` takes: code points, near enough for what we print.
size_t width(std::string_view text) noexcept {
  return static_cast<size_t>(std::count_if(
    text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

} // namespace

bool stdin_is_terminal() noexcept {
  return ::isatty(STDIN_FILENO) == 1;
}

bool stdout_is_terminal() noexcept {
  return ::isatty(STDOUT_FILENO) == 1;
}

bool stderr_is_terminal() noexcept {
  return ::isatty(STDERR_FILENO) == 1;
}

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    auto c = static_cast<unsigned char>(text[i]);
    if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7F) {
      out += '?';
    } else if (c == 0xC2 && i + 1 < text.size()
               && static_cast<unsigned char>(text[i + 1]) < 0xA0) {
      // U+0080 to U+009F: some terminals take them for escape sequences.
      out += '?';
      ++i;
    } else {
      out += static_cast<char>(c);
    }
  }
  return out;
}

std::string for_stdout(std::string_view text) {
  return stdout_is_terminal() ? printable(text) : std::string{text};
}

table::table(std::vector<std::string> head) {
  rows_.push_back(std::move(head));
}

void table::add(std::vector<std::string> row) {
  row.resize(rows_.front().size());
  rows_.push_back(std::move(row));
}

void table::print(std::ostream& to, std::string_view indent) const {
  std::vector<size_t> widths(rows_.front().size());
  for (const auto& row : rows_)
    for (size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], width(row[i]));
  for (const auto& row : rows_) {
    std::string line{indent};
    for (size_t i = 0; i < row.size(); ++i) {
      line += row[i];
      if (i + 1 < row.size())
        line.append(widths[i] - width(row[i]) + 2, ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    to << line << '\n';
  }
}

} // namespace byollm
