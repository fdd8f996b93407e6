// SPDX-License-Identifier: Apache-2.0
// Compares the stored bill with what the ledger's records say it must be.
#include "app/store/bill_reader.hpp"
#include "app/store/long_read.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace byollm {

namespace {

class bill_check final : public long_read {
public:
  bill_check(bill_reader reader, std::function<uint64_t()> size,
             std::function<void(expected<ledger_verdict>)> done)
      : reader_(std::move(reader)),
        size_(std::move(size)),
        done_(std::move(done)) {
    // nop
  }

  bool step(ledger_scan& scan) override {
    if (auto looked = look_at_records(scan); !looked)
      return end(looked.error());
    auto is_over = !verdict_.problem.empty();
    // At the end, sums and records are of the same moment.
    if (!is_over && next_ > size_()) {
      auto compared = compare_slice();
      if (!compared)
        return end(compared.error());
      is_over = *compared;
    }
    if (!is_over)
      return false;
    verdict_.intact = verdict_.problem.empty();
    verdict_.records = next_ - 1;
    return end(verdict_);
  }

  void abandon(failure why) override {
    done_(std::move(why));
  }

private:
  bool end(expected<ledger_verdict> what) {
    done_(std::move(what));
    return true;
  }

  void fail(uint64_t seq, std::string problem) {
    verdict_.first_bad_seq = seq;
    verdict_.problem = std::move(problem);
  }

  // Twice what came meanwhile, so that the end is reached however fast others
  // append, and is not left again.
  status look_at_records(ledger_scan& scan) {
    auto now = size_();
    auto enough = std::max<uint64_t>(slice_records,
                                     2 * (now - std::exchange(seen_, now)));
    status result = unit{};
    auto read = scan.upwards(next_, static_cast<size_t>(enough),
                             [&](const stored_record& record) {
                               next_ = record.seq + 1;
                               result = look_at(record);
                               return result && verdict_.problem.empty();
                             });
    return read ? result : read.error();
  }

  status look_at(const stored_record& record) {
    auto found = replay_.take(record);
    if (!found)
      return found.error();
    if (!*found)
      return unit{};
    const auto& made = **found;
    auto line = reader_.line_of(made);
    if (!line)
      return line.error();
    if (!*line) {
      fail(made.seq, "billed: the bill has no such row for this outcome");
      return unit{};
    }
    ++billed_;
    sums_[{made.day, **line}].add(made.adds);
    return unit{};
  }

  // Returns whether all was compared.
  expected<bool> compare_slice() {
    if (!last_) {
      last_ = next_ - 1;
      billed_to_last_ = billed_;
    }
    if (!rows_counted_) {
      auto more = reader_.count_rows(*last_, next_ - 1);
      if (!more)
        return more;
      rows_counted_ = !*more;
      if (rows_counted_ && reader_.counted() != billed_to_last_)
        fail(0, "billed: the bill has rows that no outcome made");
      return !verdict_.problem.empty();
    }
    auto stored = reader_.days(compared_);
    if (!stored)
      return stored.error();
    if (!is_sum(*stored))
      fail(0, "billed: a day's usage is not the sum of its outcomes");
    if (!stored->empty())
      compared_ = stored->rbegin()->first;
    return stored->empty() || !verdict_.problem.empty();
  }

  // The same days and lines, from where the slice before ended: to the end of
  // all if this one is empty.
  bool is_sum(const bill_reader::sums_by_day_line& stored) const {
    auto from = compared_ ? sums_.upper_bound(*compared_) : sums_.begin();
    auto to = stored.empty() ? sums_.end()
                             : sums_.upper_bound(stored.rbegin()->first);
    return std::equal(from, to, stored.begin(), stored.end());
  }

  bill_reader reader_;
  std::function<uint64_t()> size_;
  std::function<void(expected<ledger_verdict>)> done_;
  bill_replay replay_;
  bill_reader::sums_by_day_line sums_;
  ledger_verdict verdict_;
  uint64_t next_ = 1;
  uint64_t seen_ = size_();
  uint64_t billed_ = 0;
  // -- once the end was reached -----------------------------------------------
  std::optional<uint64_t> last_;
  uint64_t billed_to_last_ = 0;
  bool rows_counted_ = false;
  std::optional<bill_reader::day_line> compared_;
};

/// Says why the check cannot be made.
class no_check final : public long_read {
public:
  no_check(failure why, std::function<void(expected<ledger_verdict>)> done)
      : why_(std::move(why)), done_(std::move(done)) {
    // nop
  }

  bool step(ledger_scan&) override {
    done_(why_);
    return true;
  }

  void abandon(failure) override {
    done_(why_);
  }

private:
  failure why_;
  std::function<void(expected<ledger_verdict>)> done_;
};

} // namespace

std::unique_ptr<long_read>
make_bill_check(database& db, std::function<uint64_t()> size,
                std::function<void(expected<ledger_verdict>)> done) {
  auto reader = bill_reader::open(db);
  if (!reader)
    return std::make_unique<no_check>(reader.error(), std::move(done));
  return std::make_unique<bill_check>(*std::move(reader), std::move(size),
                                      std::move(done));
}

} // namespace byollm
