// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/ledger/encode.hpp"
#include "app/ledger/verify.hpp"
#include "messages/limits.hpp"

#include <optional>

namespace byollm {

/// One row of the ledger, as it lies in the store: records that one commit made
/// durable, packed. Views only.
struct stored_batch {
  uint64_t first_seq = 0;
  /// The number of its last record, and the root over all up to that.
  tree_head head = {};
  /// No intent before this one was open once the batch was committed.
  uint64_t open_from = 0;
  /// The leaf hash of each record, 32 bytes each.
  byte_view leaves = {};
  /// The records, as `batch_packer` packs them.
  byte_view records = {};
};

/// A row takes no further record once it has this many bytes, so that it is at
/// most as long as this and one record.
constexpr size_t batch_bytes = 1u << 20;

/// Appends a record to `out` as a row has it, and returns where its public part
/// begins.
size_t pack_record(byte_buffer& out, byte_view public_part, byte_view payload);

/// Packs records into the row that is being made. Keeps its buffers.
class batch_packer {
public:
  void add(byte_view public_part, byte_view payload, byte_view leaf);

  /// Adds a record that is packed already.
  void add_packed(byte_view packed, byte_view leaf);

  /// Adds a record of whose payload the hash is left.
  void add_bare(byte_view public_part, byte_view payload_hash, byte_view leaf);

  void clear() noexcept;

  /// How many records are in it.
  size_t size() const noexcept {
    return leaves_.size() / sizeof(sha256_digest);
  }

  bool is_full() const noexcept {
    return size() >= limits::ledger_batch_max || records_.size() >= batch_bytes;
  }

  byte_view leaves() const noexcept {
    return leaves_.view();
  }

  byte_view records() const noexcept {
    return records_.view();
  }

private:
  byte_buffer leaves_;
  byte_buffer records_;
};

/// Reads a row record by record.
class batch_reader {
public:
  explicit batch_reader(const stored_batch& from);

  /// Returns the next record, nothing at the end. What does not unpack is
  /// returned as one last record without bytes. The number is that of the
  /// record's place; if the row holds too few, a record that claims a later
  /// number has it, so that the gap is where it is.
  std::optional<stored_record> next();

private:
  void skip_gap(byte_view public_part);

  const stored_batch& from_;
  byte_view rest_;
  uint64_t seq_;
  /// Records that the row should hold beyond those it does.
  uint64_t missing_ = 0;
};

/// Takes the records of a row and compares its root, unless it holds too few:
/// then what follows tells whether they are missing or the ledger ends there.
/// Returns whether all is well so far.
bool verify_batch(ledger_verifier& verifier, const stored_batch& batch);

} // namespace byollm
