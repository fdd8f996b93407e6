// SPDX-License-Identifier: Apache-2.0
#include "app/ledger/verify.hpp"

#include "app/ledger/row.hpp"

#include <algorithm>

namespace byollm {

namespace {

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
    return fail(expected_seq, "missing: the next record is number "
                                + std::to_string(next.seq));
  if (next.seq < expected_seq)
    return fail(expected_seq, "reordered: in its place is record "
                                + std::to_string(next.seq));
  auto decoded = decode_public(next.public_part);
  if (!decoded)
    return fail(next.seq, "edited: " + decoded.error().detail);
  if (decoded->seq != next.seq)
    return fail(next.seq, "reordered: in its place is record "
                            + std::to_string(decoded->seq));
  sha256_digest payload_hash;
  if (!next.payload.empty()) {
    if (auto payload = decode_payload(decoded->type, next.payload); !payload)
      return fail(next.seq, "edited: " + payload.error().detail);
    payload_hash = hasher_.payload(next.payload);
  } else if (next.payload_hash.size() == payload_hash.size()) {
    std::ranges::copy(next.payload_hash, payload_hash.begin());
  } else {
    return fail(next.seq, "edited: neither a payload nor its hash is there");
  }
  auto leaf = hasher_.leaf(next.public_part, payload_hash);
  if (!std::ranges::equal(leaf, next.leaf))
    return fail(next.seq, "edited: its hash does not match its bytes");
  edge_.append(hasher_, leaf);
  return true;
}

bool ledger_verifier::head(const tree_head& expected_head) {
  if (!is_well())
    return false;
  if (expected_head.size > edge_.size())
    return fail(edge_.size() + 1, "truncated: a stored root covers "
                                    + std::to_string(expected_head.size)
                                    + " records");
  if (expected_head.size < edge_.size())
    return fail(expected_head.size + 1,
                "missing: no stored root begins at this record");
  // Record and leaf hash were changed together, so only the root can tell.
  if (edge_.root(hasher_) != expected_head.root)
    return fail(covered_ + 1, "edited: " + range(covered_ + 1, edge_.size())
                                + " is not what the stored root covers");
  covered_ = edge_.size();
  return true;
}

ledger_verdict ledger_verifier::finish() {
  if (is_well() && covered_ != edge_.size())
    fail(covered_ + 1, "missing: no stored root covers this record");
  ledger_verdict result;
  result.intact = is_well();
  result.records = edge_.size();
  result.root_hex = to_hex(edge_.root(hasher_));
  result.first_bad_seq = bad_seq_;
  result.problem = problem_;
  return result;
}

bool ledger_verifier::fail(uint64_t seq, std::string problem) {
  bad_seq_ = seq;
  problem_ = std::move(problem);
  return false;
}

} // namespace byollm
