// SPDX-License-Identifier: Apache-2.0
#include "messages/trace.hpp"

#include "messages/chat.hpp"
#include "messages/limits.hpp"

#include <algorithm>
#include <utility>

namespace byollm {

namespace {

constexpr std::string_view digits = "0123456789abcdef";

bool is_hex(std::string_view text) noexcept {
  return text.find_first_not_of(digits) == std::string_view::npos;
}

bool is_id(std::string_view text) noexcept {
  return is_hex(text) && text.find_first_not_of('0') != std::string_view::npos;
}

uint8_t byte_of(std::string_view two) noexcept {
  return static_cast<uint8_t>(digits.find(two[0]) << 4 | digits.find(two[1]));
}

std::string hex(uint64_t value) {
  std::string out(16, '0');
  for (auto at = out.rbegin(); at != out.rend(); ++at, value >>= 4)
    *at = digits[value & 15];
  return out;
}

// FNV-1a, its bits then spread (SplitMix64): ids have to differ, not to be
// secret.
uint64_t mix(uint64_t from, std::string_view text) noexcept {
  for (auto c : text)
    from = (from ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  from = (from ^ (from >> 30)) * 0xbf58476d1ce4e5b9;
  from = (from ^ (from >> 27)) * 0x94d049bb133111eb;
  return from ^ (from >> 31);
}

constexpr uint64_t basis = 0xcbf29ce484222325;

bool is_key_character(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'
         || c == '-' || c == '*' || c == '/' || c == '@';
}

bool is_member(std::string_view text) noexcept {
  auto equals = text.find('=');
  if (equals == 0 || equals == std::string_view::npos || equals > 256)
    return false;
  auto value = text.substr(equals + 1);
  return std::ranges::all_of(text.substr(0, equals), is_key_character)
         && !value.empty() && value.size() <= 256
         && std::ranges::all_of(value, [](char c) {
              return c >= ' ' && c < 0x7f && c != ',' && c != '=';
            });
}

std::string_view trimmed(std::string_view text) noexcept {
  auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos)
    return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

} // namespace

std::optional<trace_context> parse_traceparent(std::string_view text) {
  // 00-<32>-<16>-<2>
  constexpr size_t size = 55;
  if (text.size() < size || text[2] != '-' || text[35] != '-'
      || text[52] != '-')
    return std::nullopt;
  auto version = text.substr(0, 2);
  if (!is_hex(version) || version == "ff")
    return std::nullopt;
  auto has_more = text.size() > size;
  if (has_more && (version == "00" || text[size] != '-'))
    return std::nullopt;
  auto flags = text.substr(53, 2);
  if (!is_id(text.substr(3, 32)) || !is_id(text.substr(36, 16))
      || !is_hex(flags))
    return std::nullopt;
  return trace_context{std::string{text.substr(3, 32)},
                       std::string{text.substr(36, 16)}, byte_of(flags)};
}

std::string to_traceparent(const trace_context& what) {
  std::string flags{digits[what.flags >> 4], digits[what.flags & 15]};
  return "00-" + what.trace_id + '-' + what.span_id + '-' + flags;
}

bool is_tracestate(std::string_view text) noexcept {
  if (text.size() > limits::tracestate_bytes_max)
    return false;
  size_t members = 0;
  while (true) {
    auto end = std::min(text.find(','), text.size());
    // Members may be empty.
    if (auto member = trimmed(text.substr(0, end)); !member.empty())
      if (!is_member(member) || ++members > 32)
        return false;
    if (end == text.size())
      return members > 0;
    text.remove_prefix(end + 1);
  }
}

trace_headers sound_trace(trace_headers given) {
  if (!parse_traceparent(given.parent))
    return {};
  if (!is_tracestate(given.state))
    given.state.clear();
  return given;
}

trace_headers trace_of(const create_message_request& request) {
  if (!request.trace.parent.empty() || !request.extra)
    return sound_trace(request.trace);
  auto header = [&](const char* name) {
    auto it = request.extra->headers.find(name);
    return it == request.extra->headers.end() ? std::string{} : it->second;
  };
  return sound_trace({header("traceparent"), header("tracestate")});
}

std::string span_id_of(std::string_view trace_id, std::string_view call,
                       uint32_t attempt) {
  auto made = mix(mix(mix(basis, trace_id), call), std::to_string(attempt));
  return hex(made == 0 ? 1 : made);
}

std::string trace_id_of(std::string_view call) {
  auto first = mix(basis, call);
  auto second = mix(first, call);
  return hex(first) + hex(second == 0 ? 1 : second);
}

} // namespace byollm
