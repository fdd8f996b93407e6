// SPDX-License-Identifier: Apache-2.0
#include "app/ledger/frame.hpp"

#include "app/ledger/big_endian.hpp"
#include "app/ledger/encode.hpp"

namespace byollm {

namespace {

constexpr size_t field_head_bytes = 5;

bool are_fields(byte_view rest, int above, int below) noexcept {
  while (!rest.empty()) {
    if (rest.size() < field_head_bytes)
      return false;
    int tag = rest[0];
    auto length = read_big_endian(rest.subspan(1, 4));
    if (tag <= above || tag >= below || length > rest.size() - field_head_bytes)
      return false;
    above = tag;
    rest = rest.subspan(field_head_bytes + length);
  }
  return true;
}

} // namespace

std::optional<uint64_t> framed_seq(byte_view public_part) noexcept {
  if (public_part.size() < record_head_bytes || public_part[0] != record_version
      || public_part[1] < 1
      || public_part[1] > static_cast<uint8_t>(record_type::change)
      || !are_fields(public_part.subspan(record_head_bytes), 0,
                     first_payload_tag))
    return std::nullopt;
  return read_big_endian(public_part.subspan(2, 8));
}

bool is_framed_payload(byte_view salted) noexcept {
  return salted.size() >= salt_bytes
         && are_fields(salted.subspan(salt_bytes), first_payload_tag - 1, 256);
}

} // namespace byollm
