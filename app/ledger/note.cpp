// SPDX-License-Identifier: Apache-2.0
#include "app/ledger/note.hpp"

#include "app/ledger/row.hpp"
#include "messages/base64.hpp"

namespace byollm {

namespace {

constexpr uint8_t ed25519_type = 1;
constexpr std::string_view dash = "\u2014 ";
constexpr size_t signatures_max = 16;
constexpr size_t id_bytes = 4;
constexpr size_t signature_bytes = id_bytes + sizeof(ed25519_signature);

bool is_name(std::string_view text) {
  auto is_bad
    = [](char c) { return static_cast<uint8_t>(c) <= ' ' || c == '+'; };
  return !text.empty() && std::ranges::none_of(text, is_bad);
}

struct signature_line {
  std::string_view name;
  std::vector<uint8_t> bytes;
};

// The line without its newline.
std::optional<signature_line> read_signature(std::string_view line) {
  if (!line.starts_with(dash))
    return std::nullopt;
  line.remove_prefix(dash.size());
  auto space = line.find(' ');
  if (space == std::string_view::npos || !is_name(line.substr(0, space)))
    return std::nullopt;
  auto bytes = from_base64(line.substr(space + 1));
  if (!bytes || bytes->size() <= id_bytes)
    return std::nullopt;
  return signature_line{line.substr(0, space), *std::move(bytes)};
}

const note_key* find_key(const signature_line& line,
                         std::span<const note_key> known) {
  for (const auto& key : known)
    if (key.name == line.name
        && std::ranges::equal(key.id(), std::span{line.bytes}.first(id_bytes)))
      return &key;
  return nullptr;
}

bool is_signed(const signature_line& line, std::string_view text,
               const note_key& by) {
  if (line.bytes.size() != signature_bytes)
    return false;
  ed25519_signature signature;
  std::ranges::copy(std::span{line.bytes}.subspan(id_bytes), signature.begin());
  return ed25519_verify(by.key, as_bytes(text), signature);
}

} // namespace

std::array<uint8_t, 4> note_key::id() const {
  sha256_hasher sha;
  sha.update(as_bytes(name));
  const std::array<uint8_t, 2> between = {'\n', ed25519_type};
  sha.update(between);
  sha.update(key);
  auto digest = sha.finish();
  return {digest[0], digest[1], digest[2], digest[3]};
}

std::string note_key::vkey() const {
  std::array<uint8_t, 1 + sizeof(ed25519_public)> typed;
  typed[0] = ed25519_type;
  std::ranges::copy(key, typed.begin() + 1);
  return name + '+' + to_hex(id()) + '+' + to_base64(typed);
}

std::optional<note_key> read_vkey(std::string_view line) {
  auto first = line.find('+');
  auto second
    = first == std::string_view::npos ? first : line.find('+', first + 1);
  if (second == std::string_view::npos)
    return std::nullopt;
  auto typed
    = from_base64_sized<1 + sizeof(ed25519_public)>(line.substr(second + 1));
  if (!typed || (*typed)[0] != ed25519_type)
    return std::nullopt;
  note_key result{std::string{line.substr(0, first)}};
  std::copy(typed->begin() + 1, typed->end(), result.key.begin());
  if (!is_name(result.name) || result.vkey() != line)
    return std::nullopt;
  return result;
}

expected<std::vector<note_key>> read_vkeys(std::string_view text) {
  std::vector<note_key> result;
  while (auto line = take_line(text)) {
    auto key = read_vkey(*line);
    if (!key)
      return failure{errc::invalid_config, "a line is no public key (vkey)"};
    result.push_back(*std::move(key));
  }
  if (result.empty() || !text.empty())
    return failure{errc::invalid_config, "no line with a public key (vkey)"};
  return result;
}

expected<std::string> sign_note(std::string_view text, const std::string& name,
                                const ed25519_key& by) {
  auto signature = by.sign(as_bytes(text));
  if (!signature)
    return signature.error();
  std::array<uint8_t, signature_bytes> bytes;
  auto id = note_key{name, by.public_key()}.id();
  auto at = std::ranges::copy(id, bytes.begin()).out;
  std::ranges::copy(*signature, at);
  std::string result{text};
  result.append("\n").append(dash).append(name).append(" ");
  result += to_base64(bytes);
  result += '\n';
  return result;
}

std::optional<std::string_view> open_note(std::string_view note,
                                          std::span<const note_key> known) {
  // The last empty line divides; signatures have none.
  auto divide = note.rfind("\n\n");
  if (divide == std::string_view::npos)
    return std::nullopt;
  auto text = note.substr(0, divide + 1);
  auto rest = note.substr(divide + 2);
  size_t lines = 0;
  bool is_known = false;
  while (auto line = take_line(rest)) {
    auto signature = read_signature(*line);
    if (!signature || ++lines > signatures_max)
      return std::nullopt;
    const auto* key = find_key(*signature, known);
    if (key && !is_signed(*signature, text, *key))
      return std::nullopt;
    is_known = is_known || key;
  }
  if (!rest.empty() || !is_known)
    return std::nullopt;
  return text;
}

std::optional<std::string_view> take_line(std::string_view& rest) {
  auto end = rest.find('\n');
  if (end == std::string_view::npos)
    return std::nullopt;
  auto line = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  return line;
}

} // namespace byollm
