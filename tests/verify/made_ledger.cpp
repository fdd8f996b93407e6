// SPDX-License-Identifier: Apache-2.0
#include "tests/verify/made_ledger.hpp"

#include "app/ledger/encode.hpp"
#include "app/ledger/export_form.hpp"
#include "app/ledger/tlog_proof.hpp"

#include <stdexcept>

namespace byollm {

namespace {

template <class T>
T must(expected<T> value) {
  if (!value)
    throw std::runtime_error(describe(value.error()));
  return *std::move(value);
}

ed25519_key key_of(uint8_t fill) {
  std::array<uint8_t, ed25519_seed_bytes> seed;
  seed.fill(fill);
  return must(ed25519_key::make(seed));
}

std::vector<uint8_t> copy(byte_view bytes) {
  return {bytes.begin(), bytes.end()};
}

// Calls `at` with every size that has a checkpoint.
template <class Use>
void each_checkpoint(uint64_t size, uint64_t step, Use at) {
  for (uint64_t i = 1; i <= size; ++i)
    if (i % step == 0 || i == size)
      at(i);
}

} // namespace

made_ledger::made_ledger(uint64_t records, uint8_t key, uint64_t from,
                         int variant)
    : key_(key_of(key)) {
  record_encoder encoder{std::vector<uint8_t>(32, 7)};
  for (uint64_t seq = 1; seq <= records; ++seq) {
    auto whose = seq < from ? 0 : variant;
    auto name = "llm " + std::to_string(seq);
    change_record entry{"cli",
                        "acme",
                        "ada",
                        name,
                        "changed by " + std::to_string(whose),
                        1'700'000'000'000 + whose};
    if (auto done = encoder.encode(entry, seq); !done)
      throw std::runtime_error(describe(done.error()));
    kept_record made{copy(encoder.public_part()), {}, {}, {}};
    // Salts are random; ledgers that should agree need the same ones.
    made.payload = copy(encoder.payload());
    std::fill_n(made.payload.begin(), salt_bytes, static_cast<uint8_t>(seq));
    auto hash = encoder.hasher().payload(made.payload);
    made.leaf = encoder.hasher().leaf(made.public_part, hash);
    if (seq % 7 == 0) {
      made.payload.clear();
      made.payload_hash = copy(hash);
    }
    records_.push_back(std::move(made));
  }
}

stored_record made_ledger::record(uint64_t seq) const {
  const auto& kept = records_.at(seq - 1);
  return {seq, kept.public_part, kept.leaf, kept.payload, kept.payload_hash};
}

std::string made_ledger::note(uint64_t size) const {
  tree_hasher hasher;
  auto root = must(root_of(hasher, size, lookup()));
  return must(sign_checkpoint({origin_, {size, root}}, key_));
}

std::string made_ledger::exported(uint64_t step) const {
  auto result = header_line(origin_) + "\n";
  uint64_t done = 0;
  each_checkpoint(size(), step, [&](uint64_t at) {
    while (done < at) {
      auto next = record(++done);
      result += done % 11 == 0 ? withheld_line(next) : record_line(next);
      result += '\n';
    }
    result += checkpoint_line(note(at)) + "\n";
  });
  return result + end_line(size()) + "\n";
}

std::string made_ledger::anchors(uint64_t step) const {
  std::string result;
  each_checkpoint(size(), step,
                  [&](uint64_t at) { result += anchor_line(note(at)) + "\n"; });
  return result;
}

std::string made_ledger::proof(uint64_t seq) const {
  tree_hasher hasher;
  auto path = must(prove_inclusion(hasher, seq - 1, size(), lookup()));
  return write_tlog_proof(record(seq), path, note(size()));
}

std::string made_ledger::extension(uint64_t old) const {
  tree_hasher hasher;
  auto path = must(prove_consistency(hasher, old, size(), lookup()));
  return write_consistency(old, path, note(size()));
}

note_key made_ledger::public_key() const {
  return {origin_, key_.public_key()};
}

subtree_fn made_ledger::lookup() const {
  return [this](uint32_t level, uint64_t first) -> expected<sha256_digest> {
    tree_hasher hasher;
    tree_edge edge;
    for (uint64_t i = 0; i < uint64_t{1} << level; ++i)
      edge.append(hasher, records_.at(first + i).leaf);
    return edge.root(hasher);
  };
}

} // namespace byollm
