// SPDX-License-Identifier: Apache-2.0
#include "app/cli/anchor_lines.hpp"

#include "messages/limits.hpp"

#include <algorithm>
#include <deque>
#include <fstream>

namespace byollm::cli {

namespace {

// Beside them a request has little.
constexpr size_t text_max = limits::owner_request_bytes_max / 2;
constexpr int words_of_anchor = 4;

// An anchor is a line's last words: origin, size, root, signature.
std::string_view last_words(std::string_view line) {
  if (line.ends_with('\r'))
    line.remove_suffix(1);
  auto from = line.size();
  for (int i = 0; i < words_of_anchor && from != std::string_view::npos; ++i)
    from = from == 0 ? std::string_view::npos : line.rfind(' ', from - 1);
  return from == std::string_view::npos ? line : line.substr(from + 1);
}

// In JSON, too, it takes no more room than it has.
bool is_plain(unsigned char text) {
  return text >= ' ' && text <= '~' && text != '"' && text != '\\';
}

// Most lines of a system log stop here; the ledger's owner judges the others.
bool may_be_anchor(std::string_view words) {
  if (!std::ranges::all_of(words, is_plain))
    return false;
  auto size_at = words.find(' ') + 1;
  auto root_at = words.find(' ', size_at);
  if (size_at == 0 || root_at == std::string_view::npos)
    return false;
  auto size = words.substr(size_at, root_at - size_at);
  return !size.empty() && std::ranges::all_of(size, [](unsigned char digit) {
    return digit >= '0' && digit <= '9';
  });
}

} // namespace

expected<anchor_lines> read_anchor_lines(const std::filesystem::path& file) {
  std::ifstream from{file, std::ios::binary};
  std::deque<std::string> kept;
  size_t bytes = 0;
  anchor_lines result;
  std::string line;
  // A last line without its newline was torn: it is nobody's.
  while (std::getline(from, line) && !from.eof()) {
    auto words = last_words(line);
    if (!may_be_anchor(words))
      continue;
    bytes += kept.emplace_back(words).size() + 1;
    for (; bytes > text_max; ++result.left_out) {
      bytes -= kept.front().size() + 1;
      kept.pop_front();
    }
  }
  if (kept.empty())
    return failure{errc::not_found, "there is no anchor in " + file.string(),
                   "anchor"};
  for (const auto& each : kept)
    result.text.append(each).append("\n");
  return result;
}

} // namespace byollm::cli
