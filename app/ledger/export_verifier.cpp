// SPDX-License-Identifier: Apache-2.0
#include "app/ledger/export_verifier.hpp"

#include "app/ledger/frame.hpp"
#include "app/ledger/row.hpp"

#include <algorithm>

namespace byollm {

export_verifier::export_verifier(std::vector<note_key> known,
                                 std::vector<checkpoint> anchors)
    : known_(std::move(known)), anchors_(std::move(anchors)) {
  // nop
}

void export_verifier::line(std::string_view next_line) {
  if (searching_)
    return look_for_missing(next_line);
  if (found_)
    return;
  if (ended_)
    return fail(ledger_flaw::edited, next(), "something follows the end");
  auto parsed = read_export_line(next_line);
  auto is_header = parsed && std::holds_alternative<export_header>(*parsed);
  if (!parsed || is_header != origin_.empty())
    return fail(ledger_flaw::edited, next(),
                origin_.empty() ? "the export has no header"
                                : "a line is malformed");
  std::visit([this](const auto& what) { take(what); }, *parsed);
}

ledger_verdict export_verifier::finish() {
  searching_ = false;
  if (!found_ && !ended_)
    fail(ledger_flaw::truncated, next(), "the end line is missing");
  if (!found_ && history_.covered() != tree_.size())
    fail(ledger_flaw::missing, history_.covered() + 1,
         "no checkpoint covers this record");
  if (!found_)
    fail(history_.finish(tree_.size()));
  ledger_verdict result;
  result.intact = !found_;
  result.records = tree_.size();
  result.root_hex = to_hex(tree_.root(hasher_));
  result.first_bad_seq = found_.seq;
  result.flaw = found_.flaw;
  result.checkpoints = history_.heads();
  result.anchors = history_.anchors();
  if (found_)
    result.problem = std::string{to_string(found_.flaw)} + ": " + found_.words;
  return result;
}

// -- the lines ----------------------------------------------------------------

void export_verifier::take(const export_header& header) {
  auto is_own = [&](const note_key& key) { return key.name == header.origin; };
  if (std::ranges::none_of(known_, is_own))
    return fail(ledger_flaw::edited, 1,
                "the export is of a ledger that no known key signs for");
  origin_ = header.origin;
  std::erase_if(anchors_, [this](const checkpoint& anchor) {
    return anchor.origin != origin_;
  });
  history_ = signed_history{anchors_};
}

void export_verifier::take(const export_record& record) {
  if (record.seq > next()) {
    fail(ledger_flaw::missing, next(),
         "the next record is number " + std::to_string(record.seq));
    searching_ = true;
    return;
  }
  if (record.seq < next())
    return fail(ledger_flaw::reordered, next(),
                "in its place is record " + std::to_string(record.seq));
  if (auto wrong = check(record))
    return fail(std::move(wrong));
  withheld_ += record.is_withheld() ? 1 : 0;
  tree_.append(hasher_, record.leaf);
  history_.grew(hasher_, tree_);
}

ledger_finding export_verifier::check(const export_record& record) {
  if (record.is_withheld())
    return {};
  auto carried = framed_seq(record.public_part);
  if (!carried)
    return {ledger_flaw::edited, record.seq, "its public part is malformed"};
  sha256_digest payload_hash;
  if (record.payload_hash)
    payload_hash = *record.payload_hash;
  else if (is_framed_payload(record.payload))
    payload_hash = hasher_.payload(record.payload);
  else
    return {ledger_flaw::edited, record.seq, "its payload is malformed"};
  if (hasher_.leaf(record.public_part, payload_hash) != record.leaf)
    return {ledger_flaw::edited, record.seq,
            "its hash does not match its bytes"};
  if (*carried != record.seq)
    return {ledger_flaw::reordered, record.seq,
            "in its place is record " + std::to_string(*carried)};
  return {};
}

void export_verifier::take(const export_checkpoint& signed_note) {
  auto opened = open_checkpoint(signed_note.note, known_);
  if (!opened || opened->origin != origin_)
    return fail(ledger_flaw::edited, history_.covered() + 1,
                "a checkpoint is not what a known key signed");
  fail(history_.signed_head(hasher_, tree_, opened->head));
}

void export_verifier::take(const export_end& end) {
  if (end.records > tree_.size())
    return fail(ledger_flaw::truncated, next(),
                "the export had " + std::to_string(end.records) + " records");
  if (end.records < tree_.size())
    return fail(ledger_flaw::edited, end.records + 1,
                "the end line does not count this record");
  ended_ = true;
}

// -- findings -----------------------------------------------------------------

void export_verifier::look_for_missing(std::string_view next_line) {
  auto parsed = read_export_line(next_line);
  auto* record = parsed ? std::get_if<export_record>(&*parsed) : nullptr;
  if (!record || record->seq != found_.seq)
    return;
  searching_ = false;
  found_.flaw = ledger_flaw::reordered;
  found_.words += ", and it stands further down";
}

void export_verifier::fail(ledger_flaw flaw, uint64_t seq, std::string words) {
  fail({flaw, seq, std::move(words)});
}

void export_verifier::fail(ledger_finding found) {
  if (found)
    found_ = std::move(found);
}

} // namespace byollm
