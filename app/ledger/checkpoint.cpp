// SPDX-License-Identifier: Apache-2.0
#include "app/ledger/checkpoint.hpp"

#include "messages/base64.hpp"

#include <charconv>

namespace byollm {

namespace {

constexpr std::string_view dash = "\u2014 ";

std::string text_of(std::string_view origin, std::string_view size,
                    std::string_view root) {
  std::string result{origin};
  result.append("\n").append(size).append("\n").append(root).append("\n");
  return result;
}

// Takes the last word off the end of `line`.
std::string_view take_word(std::string_view& line) {
  auto space = line.rfind(' ');
  auto start = space == std::string_view::npos ? 0 : space + 1;
  auto word = line.substr(start);
  line = line.substr(0, start == 0 ? 0 : space);
  return word;
}

} // namespace

std::string origin_of(std::string_view ledger_id) {
  return "byollm/" + std::string{ledger_id};
}

expected<std::string> sign_checkpoint(const checkpoint& what,
                                      const ed25519_key& by) {
  return sign_note(text_of(what.origin, std::to_string(what.head.size),
                           to_base64(what.head.root)),
                   what.origin, by);
}

std::optional<checkpoint> open_checkpoint(std::string_view note,
                                          std::span<const note_key> known) {
  auto origin = note.substr(0, note.find('\n'));
  std::vector<note_key> own;
  std::ranges::copy_if(known, std::back_inserter(own),
                       [&](const note_key& key) { return key.name == origin; });
  auto text = open_note(note, own);
  if (!text)
    return std::nullopt;
  auto rest = *text;
  take_line(rest);
  auto size_line = take_line(rest);
  auto root_line = take_line(rest);
  if (!root_line || !rest.empty())
    return std::nullopt;
  auto size = read_decimal(*size_line);
  auto root = from_base64_sized<sizeof(sha256_digest)>(*root_line);
  if (!size || !root)
    return std::nullopt;
  return checkpoint{std::string{origin}, {*size, *root}};
}

std::string anchor_line(std::string_view note) {
  std::string result;
  for (int i = 0; i < 3; ++i)
    result.append(take_line(note).value_or("")).append(" ");
  take_line(note);
  auto signature = take_line(note).value_or("");
  return result.append(take_word(signature));
}

std::optional<checkpoint> open_anchor(std::string_view line,
                                      std::span<const note_key> known) {
  if (line.ends_with('\r'))
    line.remove_suffix(1);
  auto signature = take_word(line);
  auto root = take_word(line);
  auto size = take_word(line);
  auto origin = take_word(line);
  // Most lines of a system log stop here.
  auto is_named = [&](const note_key& key) { return key.name == origin; };
  if (std::ranges::none_of(known, is_named))
    return std::nullopt;
  auto note = text_of(origin, size, root);
  note.append("\n").append(dash).append(origin).append(" ");
  note.append(signature).append("\n");
  return open_checkpoint(note, known);
}

std::optional<uint64_t> read_decimal(std::string_view text) {
  uint64_t value = 0;
  auto end = text.data() + text.size();
  auto [at, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || at != end
      || (text.front() == '0' && text.size() > 1))
    return std::nullopt;
  return value;
}

} // namespace byollm
