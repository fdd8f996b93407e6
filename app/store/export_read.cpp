// SPDX-License-Identifier: Apache-2.0
#include "app/ledger/export_form.hpp"
#include "app/store/long_read.hpp"
#include "app/store/record_filter.hpp"

#include <algorithm>
#include <utility>

namespace byollm {

namespace {

// One piece of an export: a slice of records, and the checkpoints behind them.
class export_read final : public long_read {
public:
  export_read(ledger_filter which, uint64_t records, seal_view seals,
              call_records& calls,
              std::function<void(expected<ledger_chunk>)> done)
      : filter_(std::move(which)),
        seals_(std::move(seals)),
        calls_(calls),
        done_(std::move(done)) {
    piece_.records = records;
    at_ = std::max<uint64_t>(filter_.which().from_seq, 1) - 1;
  }

  bool step(ledger_scan& scan) override {
    auto made = std::exchange(is_begun_, true) ? unit{} : begin(scan);
    if (made)
      made = put_some(scan);
    if (made && put_ < kept_.size())
      return false;
    if (!made)
      done_(made.error());
    else
      done_(end());
    return true;
  }

  void abandon(failure why) override {
    done_(std::move(why));
  }

private:
  status begin(ledger_scan& scan) {
    if (at_ == 0)
      put(header_line(seals_.origin));
    auto take = [this](const stored_record& record) {
      if (record.seq <= piece_.records)
        kept_.emplace_back(record);
      return record.seq < piece_.records;
    };
    auto read = scan.upwards(at_ + 1, slice_records, take);
    return read ? status{unit{}} : read.error();
  }

  // All that was kept; where facts decide, some of it.
  status put_some(ledger_scan& scan) {
    auto end = kept_.size();
    if (filter_.needs_facts())
      end = std::min(end, put_ + slice_facts);
    for (; put_ < end; ++put_) {
      at_ = kept_[put_].seq;
      if (auto done = put_record(scan, kept_[put_].view()); !done)
        return done;
    }
    return unit{};
  }

  ledger_chunk end() {
    bool is_last = kept_.empty() || at_ >= piece_.records;
    if (is_last)
      put(end_line(piece_.records));
    piece_.next_seq = is_last ? 0 : at_ + 1;
    return std::move(piece_);
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
    auto facts = filter_.facts_of(scan, calls_, record);
    if (!facts)
      return facts.error();
    return filter_.fits(*facts);
  }

  void put(const std::string& line) {
    piece_.lines.append(line).append("\n");
  }

  record_filter filter_;
  seal_view seals_;
  call_records& calls_;
  std::function<void(expected<ledger_chunk>)> done_;
  ledger_chunk piece_;
  bool is_begun_ = false;
  std::vector<kept_record> kept_;
  size_t put_ = 0;
  /// The last record that was put.
  uint64_t at_ = 0;
};

} // namespace

std::unique_ptr<long_read>
make_export(ledger_filter which, uint64_t records, seal_view seals,
            call_records& calls,
            std::function<void(expected<ledger_chunk>)> done) {
  return std::make_unique<export_read>(
    std::move(which), records, std::move(seals), calls, std::move(done));
}

} // namespace byollm
