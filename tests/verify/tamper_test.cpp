// SPDX-License-Identifier: Apache-2.0
// Goal: whatever bit of whatever record somebody flips, and whatever record of
// another history somebody puts in, both kinds of verification name it. Method:
// 10,000 records (1,000 unless BYOLLM_LONG is set), each changed in turn; the
// stored form is verified from the last root on, the export as a whole.
#include "app/ledger/export_verifier.hpp"
#include "tests/verify/made_ledger.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <random>

using namespace byollm;

namespace {

constexpr uint64_t step = 100;

uint64_t records() {
  return std::getenv("BYOLLM_LONG") ? 10'000 : 1'000;
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> result;
  while (auto line = take_line(text))
    result.emplace_back(*line);
  return result;
}

// Verifies an export of which `before` has seen the lines up to `at`, and of
// which the line there is another.
ledger_verdict verify(const export_verifier& before,
                      const std::vector<std::string>& lines, size_t at,
                      const std::string& changed) {
  auto verifier = before;
  verifier.line(changed);
  for (auto i = at + 1; i < lines.size(); ++i)
    verifier.line(lines[i]);
  return verifier.finish();
}

void flip(std::vector<uint8_t>& bytes, std::minstd_rand& random) {
  auto bit = random() % (bytes.size() * 8);
  bytes[bit / 8] ^= static_cast<uint8_t>(1u << bit % 8);
}

std::vector<uint8_t> copy(byte_view bytes) {
  return {bytes.begin(), bytes.end()};
}

// Edges and heads at every root.
struct milestones {
  std::vector<tree_edge> edges = {tree_edge{}};
  std::vector<tree_head> heads = {};

  explicit milestones(const made_ledger& of) {
    tree_hasher hasher;
    auto edge = edges.back();
    for (uint64_t seq = 1; seq <= of.size(); ++seq) {
      sha256_digest leaf;
      std::ranges::copy(of.record(seq).leaf, leaf.begin());
      edge.append(hasher, leaf);
      if (seq % step == 0) {
        edges.push_back(edge);
        heads.push_back({seq, edge.root(hasher)});
      }
    }
  }
};

// Verifies the records around `changed` between two roots.
ledger_verdict verify_stored(const made_ledger& of, const milestones& at,
                             const stored_record& changed) {
  auto part = (changed.seq - 1) / step;
  ledger_verifier verifier{at.edges[part]};
  for (auto seq = part * step + 1; seq <= (part + 1) * step; ++seq)
    verifier.record(seq == changed.seq ? changed : of.record(seq));
  verifier.head(at.heads[part]);
  return verifier.finish();
}

} // namespace

TEST_CASE("every flipped bit of a stored record is named", "[tamper]") {
  made_ledger ledger{records(), 1};
  milestones at{ledger};
  std::minstd_rand random{1};
  size_t count = 0;
  for (uint64_t seq = 1; seq <= ledger.size(); ++seq) {
    auto kept = ledger.record(seq);
    REQUIRE(verify_stored(ledger, at, kept).intact);
    for (auto part : {&stored_record::public_part, &stored_record::leaf,
                      &stored_record::payload, &stored_record::payload_hash}) {
      if ((kept.*part).empty())
        continue;
      auto bytes = copy(kept.*part);
      flip(bytes, random);
      auto changed = kept;
      changed.*part = bytes;
      auto verdict = verify_stored(ledger, at, changed);
      REQUIRE(verdict.first_bad_seq == seq);
      REQUIRE(verdict.flaw == ledger_flaw::edited);
      ++count;
    }
  }
  CHECK(count == 3 * ledger.size());
}

TEST_CASE("every record of another history is named", "[tamper]") {
  made_ledger ledger{records(), 1};
  made_ledger other{records(), 1, 1, 2};
  milestones at{ledger};
  for (uint64_t seq = 1; seq <= ledger.size(); ++seq) {
    auto verdict = verify_stored(ledger, at, other.record(seq));
    REQUIRE(verdict.flaw == ledger_flaw::edited);
    REQUIRE(verdict.first_bad_seq == (seq - 1) / step * step + 1);
    // A neighbour in its place.
    auto moved = ledger.record(seq == 1 ? 2 : seq - 1);
    moved.seq = seq;
    verdict = verify_stored(ledger, at, moved);
    REQUIRE(verdict.flaw == ledger_flaw::reordered);
    REQUIRE(verdict.first_bad_seq == seq);
  }
}

TEST_CASE("every flipped bit and every splice of an export is named",
          "[tamper]") {
  made_ledger ledger{records(), 1};
  made_ledger other{records(), 1, 1, 2};
  auto lines = lines_of(ledger.exported(step));
  auto others = lines_of(other.exported(step));
  REQUIRE(lines.size() == others.size());
  export_verifier before{{ledger.public_key()}, {}};
  std::minstd_rand random{2};
  uint64_t seq = 0;
  for (size_t i = 0; i < lines.size(); before.line(lines[i++])) {
    auto is_record = lines[i].starts_with("{\"seq\"");
    seq += is_record ? 1 : 0;
    auto part_begins = (seq - 1) / step * step + 1;
    auto flipped = lines[i];
    auto bit = random() % (flipped.size() * 8);
    flipped[bit / 8] ^= static_cast<char>(1 << bit % 8);
    auto verdict = verify(before, lines, i, flipped);
    REQUIRE_FALSE(verdict.intact);
    // Of a withheld record there is only the leaf, which the next checkpoint
    // covers together with others.
    if (is_record && seq % 11 != 0)
      REQUIRE(verdict.first_bad_seq == seq);
    else if (is_record && verdict.first_bad_seq != seq)
      REQUIRE(verdict.first_bad_seq == part_begins);
    if (!is_record)
      continue;
    verdict = verify(before, lines, i, others[i]);
    REQUIRE(verdict.flaw == ledger_flaw::edited);
    REQUIRE(verdict.first_bad_seq == part_begins);
  }
  CHECK(seq == records());
  CHECK(before.finish().intact);
}
