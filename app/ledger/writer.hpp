// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/ledger/big_endian.hpp"
#include "app/ledger/byte_buffer.hpp"
#include "app/ledger/fields.hpp"

#include <cstdint>
#include <string_view>

namespace byollm {

/// Appends big-endian integers and length-prefixed texts to a buffer.
class byte_writer {
public:
  explicit byte_writer(byte_buffer& out) : out_(out) {
    // nop
  }

  template <class Integer>
  void integer(Integer value) {
    put_big_endian(out_.extend(sizeof(value)), value);
  }

  void raw(byte_view bytes) {
    out_.add(bytes);
  }

  void sized(std::string_view text) {
    integer(static_cast<uint32_t>(text.size()));
    out_.add(text);
  }

private:
  byte_buffer& out_;
};

/// Appends `tag u8 | length u32be | bytes` fields. The caller keeps the order.
class field_writer {
public:
  explicit field_writer(byte_buffer& out) : out_(out) {
    // nop
  }

  /// Leaves an empty text out.
  void text(field tag, std::string_view value) {
    if (value.empty())
      return;
    head(tag, value.size());
    out_.add(value);
  }

  template <class Integer>
  void integer(field tag, Integer value) {
    // In one piece: most fields are integers.
    auto* at = out_.extend(head_bytes + sizeof(value));
    put_big_endian(put_head(at, tag, sizeof(value)), value);
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
    out_.add(value);
  }

  /// A field whose bytes are written piece by piece; left out if there are
  /// none.
  class list {
  public:
    list(field_writer& in, field tag)
        : bytes_(in.out_), out_(in.out_), start_(in.out_.size()) {
      in.head(tag, 0);
    }

    list(const list&) = delete;
    list& operator=(const list&) = delete;

    ~list() {
      auto length = bytes_.size() - start_ - head_bytes;
      if (length == 0)
        bytes_.cut(start_);
      else
        put_big_endian(bytes_.data() + start_ + 1,
                       static_cast<uint32_t>(length));
    }

    byte_writer* operator->() noexcept {
      return &out_;
    }

  private:
    byte_buffer& bytes_;
    byte_writer out_;
    size_t start_;
  };

private:
  // Tag and length.
  static constexpr size_t head_bytes = 5;

  static uint8_t* put_head(uint8_t* at, field tag, size_t size) noexcept {
    *at = static_cast<uint8_t>(tag);
    return put_big_endian(at + 1, static_cast<uint32_t>(size));
  }

  void head(field tag, size_t size) {
    put_head(out_.extend(head_bytes), tag, size);
  }

  byte_buffer& out_;
};

} // namespace byollm
