// SPDX-License-Identifier: Apache-2.0
#include "app/ledger/verify.hpp"

#include "app/ledger/big_endian.hpp"
#include "app/ledger/encode.hpp"
#include "app/ledger/row.hpp"

#include <algorithm>

namespace byollm {

namespace {

uint64_t seq_in(byte_view public_part) noexcept {
  return public_part.size() < record_head_bytes
           ? 0
           : read_big_endian(public_part.subspan(record_seq_at, 8));
}

std::string range(uint64_t first, uint64_t last) {
  return first == last ? "record " + std::to_string(first)
                       : "one of records " + std::to_string(first) + " to "
                           + std::to_string(last);
}

} // namespace

bool ledger_verifier::record(const stored_record& next) {
  if (!is_well())
    return false;
  auto expected_seq = edge_.size() + 1;
  if (next.seq > expected_seq)
    return fail(ledger_flaw::missing, expected_seq,
                "the next record is number " + std::to_string(next.seq));
  if (next.seq < expected_seq)
    return fail(ledger_flaw::reordered, expected_seq,
                "in its place is record " + std::to_string(next.seq));
  if (how_ == scrutiny::fields && !read(next))
    return false;
  sha256_digest payload_hash;
  if (!next.payload.empty()) {
    payload_hash = hasher_.payload(next.payload);
  } else if (next.payload_hash.size() == payload_hash.size()) {
    std::ranges::copy(next.payload_hash, payload_hash.begin());
  } else {
    return fail(ledger_flaw::edited, next.seq,
                "neither a payload nor its hash is there");
  }
  auto leaf = hasher_.leaf(next.public_part, payload_hash);
  if (!std::ranges::equal(leaf, next.leaf))
    return fail(ledger_flaw::edited, next.seq,
                "its hash does not match its bytes");
  // Last, so that whoever changes a number is told apart from who moves a
  // record.
  auto own = seq_in(next.public_part);
  if (own != next.seq)
    return fail(ledger_flaw::reordered, next.seq,
                "in its place is record " + std::to_string(own));
  edge_.append(hasher_, leaf);
  if (grown_)
    grown_(hasher_, edge_);
  return true;
}

bool ledger_verifier::read(const stored_record& next) {
  auto head = check_public(next.public_part);
  if (!head)
    return fail(ledger_flaw::edited, next.seq, head.error().detail);
  if (next.payload.empty())
    return true;
  if (auto payload = check_payload(head->type, next.payload); !payload)
    return fail(ledger_flaw::edited, next.seq, payload.error().detail);
  return true;
}

bool ledger_verifier::head(const tree_head& expected_head) {
  if (!is_well())
    return false;
  if (expected_head.size > edge_.size())
    return fail(ledger_flaw::truncated, edge_.size() + 1,
                "a stored root covers " + std::to_string(expected_head.size)
                  + " records");
  if (expected_head.size < edge_.size())
    return fail(ledger_flaw::missing, expected_head.size + 1,
                "no stored root begins at this record");
  // Record and leaf hash were changed together, so only the root can tell.
  if (edge_.root(hasher_) != expected_head.root)
    return fail(ledger_flaw::edited, covered_ + 1,
                range(covered_ + 1, edge_.size())
                  + " is not what the stored root covers");
  covered_ = edge_.size();
  return true;
}

ledger_verdict ledger_verifier::finish() {
  if (is_well() && covered_ != edge_.size())
    fail(ledger_flaw::missing, covered_ + 1,
         "no stored root covers this record");
  ledger_verdict result;
  result.intact = is_well();
  result.records = edge_.size();
  result.root_hex = to_hex(edge_.root(hasher_));
  result.first_bad_seq = bad_seq_;
  result.flaw = flaw_;
  result.problem = problem_;
  return result;
}

bool ledger_verifier::fail(ledger_flaw flaw, uint64_t seq,
                           const std::string& words) {
  flaw_ = flaw;
  bad_seq_ = seq;
  problem_ = std::string{to_string(flaw)} + ": " + words;
  return false;
}

} // namespace byollm
