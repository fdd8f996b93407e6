// SPDX-License-Identifier: Apache-2.0
#include "app/ledger/export_form.hpp"

#include "app/ledger/checkpoint.hpp"
#include "messages/base64.hpp"

#include <algorithm>

namespace byollm {

namespace {

constexpr std::string_view header_start
  = "{\"byollm_ledger_export\":1,\"origin\":\"";
constexpr std::string_view record_start = "{\"seq\":";
constexpr std::string_view checkpoint_start = "{\"checkpoint\":\"";
constexpr std::string_view end_start = "{\"end\":";

void put(std::string& to, std::string_view name, byte_view bytes) {
  to.append(",\"").append(name).append("\":\"");
  to.append(to_base64(bytes)).append("\"");
}

bool skip(std::string_view& rest, std::string_view expected) {
  if (!rest.starts_with(expected))
    return false;
  rest.remove_prefix(expected.size());
  return true;
}

std::optional<std::string_view> take_until(std::string_view& rest, char end) {
  auto at = rest.find(end);
  if (at == std::string_view::npos)
    return std::nullopt;
  auto taken = rest.substr(0, at);
  rest.remove_prefix(at + 1);
  return taken;
}

std::optional<uint64_t> take_number(std::string_view& rest) {
  auto digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
  auto number = read_decimal(rest.substr(0, digits));
  rest.remove_prefix(digits);
  return number;
}

// The text of ,"NAME":"TEXT", if that is what comes next.
std::optional<std::string_view> take_member(std::string_view& rest,
                                            std::string_view name) {
  auto ahead = rest;
  if (!skip(ahead, ",\"") || !skip(ahead, name) || !skip(ahead, "\":\""))
    return std::nullopt;
  auto text = take_until(ahead, '"');
  if (text)
    rest = ahead;
  return text;
}

// What is there must be well; only what is not there may be missing.
std::optional<export_line> read_record(std::string_view rest) {
  constexpr auto digest = from_base64_sized<sizeof(sha256_digest)>;
  export_record result;
  auto seq = take_number(rest);
  if (!seq)
    return std::nullopt;
  result.seq = *seq;
  if (auto text = take_member(rest, "public")) {
    auto open = from_base64(*text);
    if (!open || open->empty())
      return std::nullopt;
    result.public_part = *std::move(open);
    if (auto payload_text = take_member(rest, "payload")) {
      auto payload = from_base64(*payload_text);
      if (!payload || payload->empty())
        return std::nullopt;
      result.payload = *std::move(payload);
    } else {
      auto hash_text = take_member(rest, "payload_hash");
      result.payload_hash = hash_text ? digest(*hash_text) : std::nullopt;
      if (!result.payload_hash)
        return std::nullopt;
    }
  }
  auto leaf_text = take_member(rest, "leaf");
  auto leaf = leaf_text ? digest(*leaf_text) : std::nullopt;
  if (!leaf || rest != "}")
    return std::nullopt;
  result.leaf = *leaf;
  return result;
}

// Well-formed UTF-8, as JSON must be: no overlong forms, no surrogates.
bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    auto lead = static_cast<uint8_t>(text[0]);
    size_t size = lead < 0x80   ? 1
                  : lead < 0xc2 ? 0
                  : lead < 0xe0 ? 2
                  : lead < 0xf0 ? 3
                  : lead < 0xf5 ? 4
                                : 0;
    if (size == 0 || text.size() < size)
      return false;
    for (size_t i = 1; i < size; ++i)
      if ((static_cast<uint8_t>(text[i]) & 0xc0) != 0x80)
        return false;
    auto second = size > 2 ? static_cast<uint8_t>(text[1]) : uint8_t{0};
    if ((lead == 0xe0 && second < 0xa0) || (lead == 0xed && second > 0x9f)
        || (lead == 0xf0 && second < 0x90) || (lead == 0xf4 && second > 0x8f))
      return false;
    text.remove_prefix(size);
  }
  return true;
}

// A text whose only escape is \n.
std::optional<std::string> read_text(std::string_view text) {
  if (!is_utf8(text))
    return std::nullopt;
  std::string result;
  result.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    auto c = text[i];
    if (c == '\\' && text.substr(i, 2) == "\\n") {
      result += '\n';
      ++i;
    } else if (c == '\\' || c == '"' || static_cast<uint8_t>(c) < ' ') {
      return std::nullopt;
    } else {
      result += c;
    }
  }
  return result;
}

std::optional<std::string> take_text(std::string_view rest) {
  if (!rest.ends_with("\"}"))
    return std::nullopt;
  rest.remove_suffix(2);
  return read_text(rest);
}

} // namespace

std::string header_line(std::string_view origin) {
  return std::string{header_start}.append(origin).append("\"}");
}

std::string record_line(const stored_record& record) {
  std::string result{record_start};
  result += std::to_string(record.seq);
  put(result, "public", record.public_part);
  if (record.payload.empty())
    put(result, "payload_hash", record.payload_hash);
  else
    put(result, "payload", record.payload);
  put(result, "leaf", record.leaf);
  return result.append("}");
}

std::string withheld_line(const stored_record& record) {
  std::string result{record_start};
  result += std::to_string(record.seq);
  put(result, "leaf", record.leaf);
  return result.append("}");
}

std::string checkpoint_line(std::string_view note) {
  std::string result{checkpoint_start};
  for (auto c : note)
    if (c == '\n')
      result += "\\n";
    else
      result += c;
  return result.append("\"}");
}

std::string end_line(uint64_t records) {
  return std::string{end_start} + std::to_string(records) + "}";
}

std::optional<export_line> read_export_line(std::string_view line) {
  if (skip(line, record_start))
    return read_record(line);
  if (skip(line, checkpoint_start)) {
    auto note = take_text(line);
    return note ? std::optional<export_line>{export_checkpoint{*note}}
                : std::nullopt;
  }
  if (skip(line, end_start)) {
    auto records = take_number(line);
    return records && line == "}"
             ? std::optional<export_line>{export_end{*records}}
             : std::nullopt;
  }
  if (skip(line, header_start)) {
    auto origin = take_text(line);
    return origin ? std::optional<export_line>{export_header{*origin}}
                  : std::nullopt;
  }
  return std::nullopt;
}

} // namespace byollm
