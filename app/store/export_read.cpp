// SPDX-License-Identifier: Apache-2.0
#include "app/ledger/export_form.hpp"
#include "app/store/long_read.hpp"
#include "app/store/record_filter.hpp"

namespace byollm {

namespace {

// One piece of an export: a slice of records, and the checkpoints behind them.
class export_read final : public long_read {
public:
  export_read(ledger_filter which, uint64_t records, seal_view seals,
              const open_intents& open,
              std::function<void(expected<ledger_chunk>)> done)
      : filter_(std::move(which)),
        seals_(std::move(seals)),
        open_(open),
        done_(std::move(done)) {
    piece_.records = records;
  }

  bool step(ledger_scan& scan) override {
    if (auto made = make(scan); !made)
      done_(made.error());
    else
      done_(std::move(piece_));
    return true;
  }

  void abandon(failure why) override {
    done_(std::move(why));
  }

private:
  status make(ledger_scan& scan) {
    auto from = filter_.which().from_seq;
    if (from <= 1) {
      from = 1;
      put(header_line(seals_.origin));
    }
    std::vector<kept_record> kept;
    auto read = scan.upwards(from, slice_records, [&](const stored_record& x) {
      if (x.seq <= piece_.records)
        kept.emplace_back(x);
      return x.seq < piece_.records;
    });
    if (!read)
      return read.error();
    auto at = from - 1;
    for (const auto& each : kept) {
      at = each.seq;
      if (auto done = put_record(scan, each.view()); !done)
        return done;
    }
    bool is_last = kept.empty() || at >= piece_.records;
    if (is_last)
      put(end_line(piece_.records));
    piece_.next_seq = is_last ? 0 : at + 1;
    return unit{};
  }

  status put_record(ledger_scan& scan, const stored_record& record) {
    auto shown = is_meant(scan, record);
    if (!shown)
      return shown.error();
    put(*shown ? record_line(record) : withheld_line(record));
    auto behind = seals_.checkpoints->from(record.seq);
    if (!behind)
      return behind.error();
    if (*behind && (*behind)->size == record.seq)
      put(checkpoint_line((*behind)->note));
    return unit{};
  }

  // What does not decode is shown as it is: an export is for judging that.
  expected<bool> is_meant(ledger_scan& scan, const stored_record& record) {
    auto decoded = decode_public(record.public_part);
    if (!decoded)
      return true;
    if (!filter_.fits_alone(*decoded))
      return false;
    if (!filter_.needs_facts())
      return true;
    auto facts = filter_.facts_of(scan, open_, record);
    if (!facts)
      return facts.error();
    return filter_.fits(*facts);
  }

  void put(const std::string& line) {
    piece_.lines.append(line).append("\n");
  }

  record_filter filter_;
  seal_view seals_;
  const open_intents& open_;
  std::function<void(expected<ledger_chunk>)> done_;
  ledger_chunk piece_;
};

} // namespace

std::unique_ptr<long_read>
make_export(ledger_filter which, uint64_t records, seal_view seals,
            const open_intents& open,
            std::function<void(expected<ledger_chunk>)> done) {
  return std::make_unique<export_read>(std::move(which), records,
                                       std::move(seals), open, std::move(done));
}

} // namespace byollm
