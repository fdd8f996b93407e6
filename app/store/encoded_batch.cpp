// SPDX-License-Identifier: Apache-2.0
#include "app/store/encoded_batch.hpp"

#include "app/ledger/big_endian.hpp"
#include "app/store/batch.hpp"

namespace byollm {

expected<encoded_batch>
encoded_batch::make(record_encoder& encoder,
                    std::span<const ledger_entry> entries, uint64_t first_seq) {
  encoded_batch result;
  result.first_seq_ = first_seq;
  result.places_.reserve(entries.size());
  for (const auto& entry : entries) {
    auto seq = first_seq + result.places_.size();
    if (auto encoded = encoder.encode(entry, seq); !encoded)
      return encoded.error();
    auto begin = result.bytes_.size();
    auto public_at
      = pack_record(result.bytes_, encoder.public_part(), encoder.payload());
    result.places_.push_back(
      {begin, result.bytes_.size(), public_at, encoder.public_part().size(),
       encoder.payload().size(), encoder.payload_hash(), encoder.leaf()});
  }
  return result;
}

void encoded_batch::number(tree_hasher& hasher, uint64_t first_seq) {
  if (first_seq == first_seq_)
    return;
  first_seq_ = first_seq;
  for (auto& each : places_) {
    put_big_endian(bytes_.data() + each.public_at + record_seq_at, first_seq++);
    each.leaf = hasher.leaf(public_part(each), each.payload_hash);
  }
}

encoded_batch::record encoded_batch::at(size_t index) const noexcept {
  const auto& found = places_[index];
  auto bytes = bytes_.view();
  // The payload comes last.
  return {public_part(found),
          bytes.subspan(found.end - found.payload_size, found.payload_size),
          bytes.subspan(found.begin, found.end - found.begin), found.leaf};
}

} // namespace byollm
