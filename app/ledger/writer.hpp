// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/ledger/fields.hpp"
#include "app/vault/crypto.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace byollm {

/// Appends big-endian integers and length-prefixed texts to a buffer.
class byte_writer {
public:
  explicit byte_writer(std::vector<uint8_t>& out) : out_(out) {
    // nop
  }

  template <class Integer>
  void integer(Integer value) {
    for (auto shift = static_cast<int>(sizeof(value)) * 8 - 8; shift >= 0;
         shift -= 8)
      out_.push_back(static_cast<uint8_t>(value >> shift));
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

  size_t size() const noexcept {
    return out_.size();
  }

  /// Writes a length over the four bytes at `at`: that of all that follows.
  void patch_length(size_t at) noexcept {
    auto length = static_cast<uint32_t>(out_.size() - at - 4);
    for (size_t i = 0; i < 4; ++i)
      out_[at + i] = static_cast<uint8_t>(length >> (24 - 8 * i));
  }

private:
  std::vector<uint8_t>& out_;
};

/// Appends `tag u8 | length u32be | bytes` fields. The caller keeps the order.
class field_writer {
public:
  explicit field_writer(std::vector<uint8_t>& out) : out_(out) {
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
    head(tag, sizeof(value));
    out_.integer(value);
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

private:
  void head(field tag, size_t size) {
    out_.integer(static_cast<uint8_t>(tag));
    out_.integer(static_cast<uint32_t>(size));
  }

  byte_writer out_;
};

} // namespace byollm
