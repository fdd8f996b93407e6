// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/ledger/encode.hpp"
#include "messages/ledger.hpp"

#include <span>
#include <vector>

namespace byollm {

/// Entries as the bytes that a row of the ledger has of them. Made by whoever
/// appends, so that the writer thread has only the disk to wait for.
class encoded_batch {
public:
  /// Views, as long as the batch lives unchanged.
  struct record {
    byte_view public_part;
    byte_view payload;
    /// Both, as `pack_record` packs them.
    byte_view packed;
    const sha256_digest& leaf;
  };

  encoded_batch() = default;

  /// Numbers the records from `first_seq` on. Errors: as `record_encoder`.
  static expected<encoded_batch> make(record_encoder& encoder,
                                      std::span<const ledger_entry> entries,
                                      uint64_t first_seq);

  /// Numbers them from `first_seq` on, if they are not.
  void number(tree_hasher& hasher, uint64_t first_seq);

  record at(size_t index) const noexcept;

private:
  struct place {
    size_t begin;
    size_t end;
    size_t public_at;
    size_t public_size;
    size_t payload_size;
    sha256_digest payload_hash;
    sha256_digest leaf;
  };

  byte_view public_part(const place& of) const noexcept {
    return bytes_.view().subspan(of.public_at, of.public_size);
  }

  uint64_t first_seq_ = 0;
  byte_buffer bytes_;
  std::vector<place> places_;
};

} // namespace byollm
