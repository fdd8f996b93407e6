// SPDX-License-Identifier: Apache-2.0
#include "messages/address.hpp"

#include <algorithm>
#include <span>

namespace byollm {

namespace {

// A block of addresses: the first `bits` of `prefix`.
struct block {
  ip_bytes prefix;
  unsigned bits;
};

constexpr block v4(uint8_t a, uint8_t b, uint8_t c, uint8_t d, unsigned bits) {
  return {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, a, b, c, d}, 96 + bits};
}

constexpr block v6(uint16_t a, uint16_t b, unsigned bits, uint16_t c = 0) {
  return {{static_cast<uint8_t>(a >> 8), static_cast<uint8_t>(a),
           static_cast<uint8_t>(b >> 8), static_cast<uint8_t>(b),
           static_cast<uint8_t>(c >> 8), static_cast<uint8_t>(c)},
          bits};
}

constexpr block all_v4 = v4(0, 0, 0, 0, 0);
constexpr block global_v6 = v6(0x2000, 0, 3);

// IANA special-purpose registries (RFC 6890 and updates), and the metadata
// addresses of clouds that lie in otherwise public space.
constexpr block denied[] = {
  v4(0, 0, 0, 0, 8),
  v4(10, 0, 0, 0, 8),
  v4(100, 64, 0, 0, 10),
  v4(127, 0, 0, 0, 8),
  v4(169, 254, 0, 0, 16),
  v4(172, 16, 0, 0, 12),
  v4(192, 0, 0, 0, 24),
  v4(192, 0, 2, 0, 24),
  v4(192, 31, 196, 0, 24),
  v4(192, 52, 193, 0, 24),
  v4(192, 88, 99, 0, 24),
  v4(192, 168, 0, 0, 16),
  v4(192, 175, 48, 0, 24),
  v4(198, 18, 0, 0, 15),
  v4(198, 51, 100, 0, 24),
  v4(203, 0, 113, 0, 24),
  v4(224, 0, 0, 0, 4),
  v4(240, 0, 0, 0, 4),
  v4(168, 63, 129, 16, 32),     // Azure's wire server
  v6(0x2001, 0, 23),            // IETF protocols, Teredo among them
  v6(0x2001, 0xdb8, 32),        // documentation
  v6(0x2002, 0, 16),            // 6to4: IPv4 inside
  v6(0x2620, 0x4f, 48, 0x8000), // direct delegation AS112
  v6(0x3fff, 0, 20),            // documentation
};

bool in(const ip_bytes& address, const block& range) noexcept {
  auto whole = range.bits / 8;
  if (!std::equal(address.begin(), address.begin() + whole,
                  range.prefix.begin()))
    return false;
  auto rest = range.bits % 8;
  if (rest == 0)
    return true;
  auto mask = static_cast<uint8_t>(0xff << (8 - rest));
  return (address[whole] & mask) == (range.prefix[whole] & mask);
}

std::optional<unsigned> parse_octet(std::string_view text) noexcept {
  if (text.empty() || text.size() > 3 || (text.size() > 1 && text[0] == '0'))
    return std::nullopt;
  unsigned value = 0;
  for (auto c : text) {
    if (c < '0' || c > '9')
      return std::nullopt;
    value = value * 10 + static_cast<unsigned>(c - '0');
  }
  return value <= 255 ? std::optional{value} : std::nullopt;
}

// Writes four bytes; strict, because resolvers read `0177.1` as an address too.
bool parse_v4(std::string_view text, uint8_t* out) noexcept {
  for (int i = 0; i < 4; ++i) {
    auto end = i < 3 ? text.find('.') : text.size();
    if (end == std::string_view::npos)
      return false;
    auto octet = parse_octet(text.substr(0, end));
    if (!octet)
      return false;
    out[i] = static_cast<uint8_t>(*octet);
    text.remove_prefix(i < 3 ? end + 1 : end);
  }
  return text.empty();
}

std::optional<unsigned> parse_group(std::string_view text) noexcept {
  if (text.empty() || text.size() > 4)
    return std::nullopt;
  unsigned value = 0;
  for (auto c : text) {
    unsigned digit;
    if (c >= '0' && c <= '9')
      digit = static_cast<unsigned>(c - '0');
    else if (c >= 'a' && c <= 'f')
      digit = static_cast<unsigned>(c - 'a') + 10;
    else if (c >= 'A' && c <= 'F')
      digit = static_cast<unsigned>(c - 'A') + 10;
    else
      return std::nullopt;
    value = value * 16 + digit;
  }
  return value;
}

// Parses colon-separated groups without "::" into `out`; returns how many bytes
// were written, or nothing.
std::optional<size_t> parse_groups(std::string_view text,
                                   std::span<uint8_t> out) noexcept {
  size_t used = 0;
  while (!text.empty()) {
    auto end = text.find(':');
    auto part = text.substr(0, end);
    if (end == std::string_view::npos && part.find('.') != part.npos) {
      if (used + 4 > out.size() || !parse_v4(part, &out[used]))
        return std::nullopt;
      return used + 4;
    }
    auto group = parse_group(part);
    if (!group || used + 2 > out.size())
      return std::nullopt;
    out[used++] = static_cast<uint8_t>(*group >> 8);
    out[used++] = static_cast<uint8_t>(*group);
    if (end == std::string_view::npos)
      return used;
    text.remove_prefix(end + 1);
    if (text.empty())
      return std::nullopt; // trailing colon
  }
  return used;
}

std::optional<ip_bytes> parse_v6(std::string_view text) noexcept {
  ip_bytes head{};
  auto gap = text.find("::");
  if (gap == std::string_view::npos) {
    auto used = parse_groups(text, head);
    return used == 16u ? std::optional{head} : std::nullopt;
  }
  ip_bytes tail{};
  auto before = text.substr(0, gap);
  if (before.find('.') != before.npos)
    return std::nullopt;
  auto left = parse_groups(before, head);
  auto right = parse_groups(text.substr(gap + 2), tail);
  if (!left || !right || *left + *right > 14)
    return std::nullopt;
  std::copy_n(tail.begin(), *right, head.end() - static_cast<long>(*right));
  return head;
}

} // namespace

std::optional<ip_bytes> parse_ip(std::string_view text) noexcept {
  if (text.find(':') != std::string_view::npos)
    return parse_v6(text);
  ip_bytes out{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  if (!parse_v4(text, &out[12]))
    return std::nullopt;
  return out;
}

bool is_public_address(const ip_bytes& address) noexcept {
  if (!in(address, all_v4) && !in(address, global_v6))
    return false;
  return std::none_of(std::begin(denied), std::end(denied),
                      [&](const block& range) { return in(address, range); });
}

} // namespace byollm
