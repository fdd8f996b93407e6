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

  void head(field tag, size_t size) {
    out_.integer(static_cast<uint8_t>(tag));
    out_.integer(static_cast<uint32_t>(size));
  }

  std::vector<uint8_t>& bytes_;
  byte_writer out_;
};

} // namespace byollm
