// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/ledger/fields.hpp"
#include "app/vault/crypto.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace byollm {

/// Returns the bytes of `value`, most significant first.
template <class Integer>
constexpr std::array<uint8_t, sizeof(Integer)> big_endian(Integer value) {
  std::array<uint8_t, sizeof(Integer)> result;
  for (size_t i = 0; i < result.size(); ++i)
    result[i] = static_cast<uint8_t>(value >> (8 * (result.size() - 1 - i)));
  return result;
}

/// Appends big-endian integers and length-prefixed texts to a buffer.
class byte_writer {
public:
  explicit byte_writer(std::vector<uint8_t>& out) : out_(out) {
    // nop
  }

  template <class Integer>
  void integer(Integer value) {
    raw(big_endian(value));
  }

  void raw(byte_view bytes) {
    out_.insert(out_.end(), bytes.begin(), bytes.end());
  }

  void raw(std::string_view text) {
    out_.insert(out_.end(), text.begin(), text.end());
  }

  void sized(std::string_view text) {
    integer(static_cast<uint32_t>(text.size()));
    raw(text);
  }

private:
  std::vector<uint8_t>& out_;
};

/// Appends `tag u8 | length u32be | bytes` fields. The caller keeps the order.
class field_writer {
public:
  explicit field_writer(std::vector<uint8_t>& out) : bytes_(out), out_(out) {
    // nop
  }

  /// Leaves an empty text out.
  void text(field tag, std::string_view value) {
    if (value.empty())
      return;
    head(tag, value.size());
    out_.raw(value);
  }

  template <class Integer>
  void integer(field tag, Integer value) {
    // In one piece: most fields are integers.
    std::array<uint8_t, head_bytes + sizeof(value)> bytes;
    auto end = std::ranges::copy(head_of(tag, sizeof(value)), bytes.begin());
    std::ranges::copy(big_endian(value), end.out);
    out_.raw(bytes);
  }

  template <class Enum>
  void name(field tag, Enum value) {
    integer(tag, static_cast<uint8_t>(value));
  }

  template <class Optional>
  void maybe(field tag, const Optional& value) {
    if (value)
      integer(tag, *value);
  }

  void bytes(field tag, byte_view value) {
    head(tag, value.size());
    out_.raw(value);
  }

  /// A field whose bytes are written piece by piece; left out if there are
  /// none.
  class list {
  public:
    list(field_writer& in, field tag)
        : bytes_(in.bytes_), out_(in.bytes_), start_(in.bytes_.size()) {
      in.head(tag, 0);
    }

    list(const list&) = delete;
    list& operator=(const list&) = delete;

    ~list() {
      auto length = bytes_.size() - start_ - head_bytes;
      if (length == 0)
        bytes_.resize(start_);
      else
        for (size_t i = 0; i < 4; ++i)
          bytes_[start_ + 1 + i] = static_cast<uint8_t>(length >> (24 - 8 * i));
    }

    byte_writer* operator->() noexcept {
      return &out_;
    }

  private:
    std::vector<uint8_t>& bytes_;
    byte_writer out_;
    size_t start_;
  };

private:
  // Tag and length.
  static constexpr size_t head_bytes = 5;

  static std::array<uint8_t, head_bytes> head_of(field tag, size_t size) {
    std::array<uint8_t, head_bytes> result = {static_cast<uint8_t>(tag)};
    std::ranges::copy(big_endian(static_cast<uint32_t>(size)),
                      result.begin() + 1);
    return result;
  }

  void head(field tag, size_t size) {
    out_.raw(head_of(tag, size));
  }

  std::vector<uint8_t>& bytes_;
  byte_writer out_;
};

} // namespace byollm
