// SPDX-License-Identifier: Apache-2.0
#include "providers/net/echo_guard.hpp"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <variant>

namespace byollm::net {

namespace {

using window = std::array<char, echo_guard::window_bytes>;

// -- marks --------------------------------------------------------------------

struct mark_key {
  uint64_t k0 = 0;
  uint64_t k1 = 0;
  bool is_good = false;
};

// One for the process: marks never leave it.
const mark_key& key_of_marks() noexcept {
  static const mark_key made = [] {
    std::array<unsigned char, 16> bytes{};
    mark_key out;
    out.is_good = RAND_priv_bytes(bytes.data(), int{bytes.size()}) == 1;
    std::memcpy(&out.k0, bytes.data(), sizeof(out.k0));
    std::memcpy(&out.k1, bytes.data() + sizeof(out.k0), sizeof(out.k1));
    return out;
  }();
  return made;
}

void sip_round(std::array<uint64_t, 4>& v) noexcept {
  v[0] += v[1];
  v[1] = std::rotl(v[1], 13) ^ v[0];
  v[0] = std::rotl(v[0], 32);
  v[2] += v[3];
  v[3] = std::rotl(v[3], 16) ^ v[2];
  v[0] += v[3];
  v[3] = std::rotl(v[3], 21) ^ v[0];
  v[2] += v[1];
  v[1] = std::rotl(v[1], 17) ^ v[2];
  v[2] = std::rotl(v[2], 32);
}

// SipHash-1-3 of one block, cut to 32 bits; never 0. Every input has the same
// length, so no block tells it.
uint32_t mark_of(const mark_key& key, const char* bytes) noexcept {
  std::array<uint64_t, 4> v
    = {key.k0 ^ 0x736f6d6570736575ull, key.k1 ^ 0x646f72616e646f6dull,
       key.k0 ^ 0x6c7967656e657261ull, key.k1 ^ 0x7465646279746573ull};
  uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof(word));
  v[3] ^= word;
  sip_round(v);
  v[0] ^= word;
  v[2] ^= 0xff;
  for (int i = 0; i < 3; ++i)
    sip_round(v);
  auto mark = static_cast<uint32_t>(v[0] ^ v[1] ^ v[2] ^ v[3]);
  return mark == 0 ? 1 : mark;
}

// -- forms --------------------------------------------------------------------

int hex_digit(char c) noexcept {
  if (c >= '0' && c <= '9')
    return c - '0';
  auto low = static_cast<char>(c | 0x20);
  return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

int base64_digit(char c) noexcept {
  if (c >= 'A' && c <= 'Z')
    return c - 'A';
  if (c >= 'a' && c <= 'z')
    return c - 'a' + 26;
  if (c >= '0' && c <= '9')
    return c - '0' + 52;
  if (c == '+' || c == '-')
    return 62;
  return c == '/' || c == '_' ? 63 : -1;
}

// Each reads one window from the front of `text`; false if it is none.

bool read_plain(std::string_view text, window& out) noexcept {
  return text.copy(out.data(), out.size()) == out.size();
}

bool read_hex(std::string_view text, window& out) noexcept {
  if (text.size() < 2 * out.size())
    return false;
  for (size_t i = 0; i < out.size(); ++i) {
    auto high = hex_digit(text[2 * i]);
    auto low = hex_digit(text[2 * i + 1]);
    if (high < 0 || low < 0)
      return false;
    out[i] = static_cast<char>(high * 16 + low);
  }
  return true;
}

bool read_base64(std::string_view text, window& out) noexcept {
  uint32_t bits = 0;
  int have = 0;
  size_t size = 0;
  for (char c : text) {
    auto digit = base64_digit(c);
    if (digit < 0)
      return false;
    bits = bits << 6 | static_cast<uint32_t>(digit);
    have += 6;
    if (have < 8)
      continue;
    have -= 8;
    out[size] = static_cast<char>(bits >> have & 0xff);
    if (++size == out.size())
      return true;
  }
  return false;
}

bool read_percent(std::string_view text, window& out) noexcept {
  bool any = false;
  for (auto& to : out) {
    if (text.empty())
      return false;
    auto escaped = text.front() == '%' && text.size() > 2
                   && hex_digit(text[1]) >= 0 && hex_digit(text[2]) >= 0;
    to = escaped
           ? static_cast<char>(hex_digit(text[1]) * 16 + hex_digit(text[2]))
           : text.front();
    text.remove_prefix(escaped ? 3 : 1);
    any = any || escaped;
  }
  return any;
}

} // namespace

echo_guard::~echo_guard() {
  forget();
}

void echo_guard::forget() noexcept {
  OPENSSL_cleanse(marks_.data(), marks_.size() * sizeof(marks_.front()));
  marks_.clear();
}

void echo_guard::learn(std::string_view key) {
  forget();
  if (key.size() < window_bytes)
    return;
  auto count = key.size() - window_bytes + 1;
  // A quarter full at most, so that a look-up ends at once.
  marks_.resize(std::bit_ceil(4 * count));
  const auto& with = key_of_marks();
  for (size_t i = 0; i < count; ++i) {
    auto mark = mark_of(with, key.data() + i);
    marks_[place_of(mark)] = mark;
  }
}

size_t echo_guard::place_of(uint32_t mark) const noexcept {
  auto mask = marks_.size() - 1;
  auto at = mark & mask;
  while (marks_[at] != 0 && marks_[at] != mark)
    at = (at + 1) & mask;
  return at;
}

bool echo_guard::is_known(const char* bytes) const noexcept {
  const auto& with = key_of_marks();
  // Without marks that can be trusted, everything looks like the key.
  return !with.is_good || marks_[place_of(mark_of(with, bytes))] != 0;
}

bool echo_guard::repeats(std::string_view text) const noexcept {
  if (marks_.empty())
    return false;
  window found;
  for (; !text.empty(); text.remove_prefix(1))
    for (auto read : {read_plain, read_hex, read_base64, read_percent})
      if (read(text, found) && is_known(found.data()))
        return true;
  return false;
}

bool echo_guard::strike(failure& why, message_reply& reply) const {
  if (marks_.empty())
    return false;
  for (auto* text :
       {&why.provider_code, &why.provider_type, &why.provider_request_id,
        &why.parameter, &reply.provider_request_id, &reply.model})
    if (repeats(*text))
      text->clear();
  std::erase_if(reply.models,
                [this](const std::string& name) { return repeats(name); });
  auto is_echo = [this](const content_block& block) {
    auto* use = std::get_if<tool_use_block>(&block);
    return use && (repeats(use->id) || repeats(use->name));
  };
  if (std::none_of(reply.content.begin(), reply.content.end(), is_echo))
    return false;
  reply.content.clear();
  return true;
}

} // namespace byollm::net
