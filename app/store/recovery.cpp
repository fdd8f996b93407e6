// SPDX-License-Identifier: Apache-2.0
#include "app/store/recovery.hpp"

#include <algorithm>
#include <map>

namespace byollm {

namespace {

constexpr size_t all = SIZE_MAX;

failure damaged(const ledger_verdict& found) {
  return {errc::store_corrupt, "the ledger is damaged at record "
                                 + std::to_string(found.first_bad_seq) + ", "
                                 + found.problem};
}

// Checks the last batch against its stored root; what it leaves is the edge.
expected<tree_edge> check_last_batch(ledger_scan& scan,
                                     const stored_batch& last) {
  tree_hasher hasher;
  if (last.first_seq == 0 || last.first_seq > last.head.size)
    return failure{errc::store_corrupt, "the last batch has no records"};
  auto before = scan.edge_at(hasher, last.first_seq - 1);
  if (!before)
    return before;
  ledger_verifier verifier{*std::move(before)};
  auto read = scan.batches(last.first_seq, [&](const stored_batch& batch) {
    return verify_batch(verifier, batch);
  });
  if (!read)
    return read.error();
  auto covered = scan.covered_by_nodes();
  if (!covered)
    return covered.error();
  verifier.head({std::max(last.head.size, *covered), last.head.root});
  if (!verifier.is_well())
    return damaged(verifier.finish());
  return verifier.edge();
}

outcome_record unknown_outcome(const public_view& intent,
                               const field_set* payload, tenant_id tenant,
                               user_id user, app_id app, turn_id turn,
                               int64_t now_unix_ms) {
  turn_origin origin;
  origin.source = static_cast<turn_source>(intent.fields.number(field::source));
  origin.action = static_cast<action_type>(intent.fields.number(field::action));
  if (payload)
    origin.function = payload->text(field::function);
  outcome_record result;
  result.context = std::make_shared<const call_context>(
    call_context{{std::move(tenant), std::move(user), std::move(app)},
                 std::move(turn),
                 std::move(origin)});
  result.call = intent.fields.text(field::call);
  result.attempt = static_cast<uint32_t>(intent.fields.number(field::attempt));
  result.status = call_status::unknown;
  result.why = {errc::unavailable,
                "crash: the process ended before the outcome was recorded"};
  result.why.sent = certainty::maybe;
  result.sent = certainty::maybe;
  result.billing
    = static_cast<billing_class>(intent.fields.number(field::billing));
  result.finished_unix_ms = now_unix_ms;
  return result;
}

// Finds the intents without an outcome, and makes their outcomes.
class open_intent_finder {
public:
  explicit open_intent_finder(int64_t now_unix_ms) : now_(now_unix_ms) {
    // nop
  }

  bool take(const stored_record& record) {
    auto decoded = decode_public(record.public_part);
    if (!decoded)
      return fail(record.seq);
    const auto& fields = decoded->fields;
    attempt_key key{fields.text(field::tenant), fields.text(field::call),
                    fields.number(field::attempt)};
    if (decoded->type == record_type::outcome)
      closed(key);
    else if (decoded->type == record_type::intent)
      return opened(key, *decoded, record);
    return true;
  }

  status finish(ledger_start& into) && {
    if (bad_seq_)
      return failure{errc::store_corrupt, "the ledger is damaged at record "
                                            + std::to_string(bad_seq_)
                                            + ", an open intent"};
    open_.keep();
    into.found.open = std::move(open_);
    into.found.lines = std::move(lines_);
    for (auto& [seq, outcome] : closing_)
      into.closing.emplace_back(std::move(outcome));
    return unit{};
  }

private:
  bool opened(const attempt_key& key, const public_view& intent,
              const stored_record& record) {
    auto tenant = tenant_id::parse(intent.fields.text(field::tenant));
    auto user = user_id::parse(intent.fields.text(field::user));
    auto app = app_id::parse(intent.fields.text(field::extension));
    auto turn = turn_id::parse(intent.fields.text(field::turn));
    auto payload = decode_payload(intent.type, record.payload);
    if (!tenant || !user || !app || !turn)
      return fail(record.seq);
    auto billing
      = static_cast<billing_class>(intent.fields.number(field::billing));
    if (auto before = open_.opened({record.seq, billing, 0}, key))
      forget(*before);
    lines_.emplace(record.seq, line_of(intent, payload ? &*payload : nullptr));
    closing_.emplace(record.seq,
                     unknown_outcome(intent, payload ? &*payload : nullptr,
                                     *tenant, *user, *app, *turn, now_));
    return true;
  }

  void closed(const attempt_key& key) {
    if (auto intent = open_.closed(key))
      forget(intent->seq);
  }

  void forget(uint64_t seq) {
    open_.keep();
    closing_.erase(seq);
    lines_.erase(seq);
  }

  bool fail(uint64_t seq) {
    bad_seq_ = seq;
    return false;
  }

  int64_t now_;
  uint64_t bad_seq_ = 0;
  open_intents open_;
  std::map<uint64_t, outcome_record> closing_;
  std::map<uint64_t, intent_line> lines_;
};

// Without a row there must be nothing that tells of records.
expected<ledger_start> check_empty(ledger_scan& scan) {
  auto covered = scan.covered_by_nodes();
  if (!covered)
    return covered.error();
  if (*covered > 0)
    return failure{errc::store_corrupt,
                   "the ledger has lost all of its records"};
  return ledger_start{};
}

} // namespace

expected<ledger_start> start_ledger(ledger_scan& scan, int64_t now_unix_ms) {
  auto last = scan.last_batch();
  if (!last)
    return last.error();
  ledger_start result;
  if (!*last)
    return check_empty(scan);
  auto edge = check_last_batch(scan, **last);
  if (!edge)
    return edge.error();
  result.found.edge = *std::move(edge);
  open_intent_finder finder{now_unix_ms};
  auto read
    = scan.upwards((*last)->open_from, all, [&](const stored_record& record) {
        return finder.take(record);
      });
  if (!read)
    return read.error();
  if (auto finished = std::move(finder).finish(result); !finished)
    return finished.error();
  return result;
}

} // namespace byollm
