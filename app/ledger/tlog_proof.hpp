// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/ledger/checkpoint.hpp"
#include "app/ledger/proof.hpp"
#include "app/ledger/verify.hpp"

namespace byollm {

/// Opens every proof, so that several may stand in one file.
constexpr std::string_view tlog_proof_magic = "c2sp.org/tlog-proof@v1\n";

/// Returns a proof in C2SP's form (c2sp.org/tlog-proof) that `record` is under
/// `note`; the record's bytes are its extra data.
std::string write_tlog_proof(const stored_record& record,
                             std::span<const sha256_digest> path,
                             std::string_view note);

/// What a proof proves.
struct proven_record {
  uint64_t seq = 0;
  checkpoint under;
};

/// Verifies one proof from its bytes and the public keys alone. Errors:
/// `invalid_request` with what is wrong.
expected<proven_record> check_tlog_proof(std::string_view proof,
                                         std::span<const note_key> known);

/// Returns a proof that `note` extends the tree of the first `old` records, in
/// the form of a C2SP witness request (c2sp.org/tlog-witness).
std::string write_consistency(uint64_t old, std::span<const sha256_digest> path,
                              std::string_view note);

/// Verifies that proof against the root that the old tree had. Errors: as
/// `check_tlog_proof`.
expected<checkpoint> check_consistency(std::string_view proof,
                                       const tree_head& old,
                                       std::span<const note_key> known);

} // namespace byollm
