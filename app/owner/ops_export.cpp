// SPDX-License-Identifier: Apache-2.0
// The ledger as a stream: piece by piece, as fast as the receiver takes it.
#include "app/owner/json.hpp"
#include "app/owner/table.hpp"

#include <algorithm>
#include <coroutine>

namespace byollm::owner {

namespace {

// Rows of one piece: what the ledger's owner reads between two commits.
constexpr size_t rows_per_piece = 512;

/// Waits until the receiver wants more. Awaited by name only: GCC 12 destroys a
/// temporary of this kind twice.
struct wanted {
  operation_ptr as;
  flow said;

  bool await_ready() const noexcept {
    return said == flow::more;
  }

  bool await_suspend(std::coroutine_handle<> waiting) {
    return as->wait_until_wanted([waiting] { waiting.resume(); });
  }

  void await_resume() const noexcept {
    // nop
  }
};

std::string lines_json(const std::string& lines) {
  return json_text([&](json_writer& to) {
    to.StartObject();
    put(to, "lines", lines);
    to.EndObject();
  });
}

std::string end_json(uint64_t records) {
  return json_text([&](json_writer& to) {
    to.StartObject();
    put_number(to, "records", records);
    to.EndObject();
  });
}

detached stream_proof(ledger_filter which, operation_ptr as) {
  uint64_t records = 0;
  which.from_seq = 1;
  while (which.from_seq != 0) {
    auto asked = as->reads(records > 0).ledger_export(which, records);
    auto piece = co_await asked;
    if (!piece)
      co_return as->fail(piece.error());
    auto said = as->part(lines_json(piece->lines));
    records = piece->records;
    which.from_seq = piece->next_seq;
    wanted more{as, said};
    co_await more;
    if (as->is_cancelled())
      co_return as->fail({errc::cancelled, "the export was cut off"});
  }
  as->result(end_json(records));
}

detached stream_rows(ledger_filter which, operation_ptr as) {
  uint64_t records = 0;
  which.from_seq = std::max<uint64_t>(which.from_seq, 1);
  which.limit = rows_per_piece;
  // Up to what is there now: others append while this is read.
  ledger_filter newest;
  newest.newest_first = true;
  newest.limit = 1;
  auto asked_for_end = as->reads().ledger_list(newest);
  auto end = co_await asked_for_end;
  if (!end)
    co_return as->fail(end.error());
  which.to_seq = end->empty() ? 0 : end->front().seq;
  for (bool is_last = false; !is_last;) {
    auto asked = as->reads(true).ledger_list(which);
    auto rows = co_await asked;
    if (!rows)
      co_return as->fail(rows.error());
    is_last = rows->size() < rows_per_piece;
    records += rows->size();
    if (rows->empty())
      break;
    which.from_seq = rows->back().seq + 1;
    auto said = as->part(render(*rows));
    wanted more{as, said};
    co_await more;
    if (as->is_cancelled())
      co_return as->fail({errc::cancelled, "the export was cut off"});
  }
  as->result(end_json(records));
}

} // namespace

void export_ledger(fields& in, operation_ptr as) {
  auto form = in.choice("format", {"proof", "rows"});
  auto which = read_filter(in);
  which.newest_first = false;
  if (refused(in, as))
    return;
  if (form == "proof")
    stream_proof(std::move(which), std::move(as));
  else
    stream_rows(std::move(which), std::move(as));
}

} // namespace byollm::owner
