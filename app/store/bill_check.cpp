// SPDX-License-Identifier: Apache-2.0
// Compares the stored bill with what the ledger's records say it must be.
#include "app/store/bill_replay.hpp"
#include "app/store/long_read.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace byollm {

namespace {

/// Reads the tables of the bill.
class bill_reader {
public:
  static expected<bill_reader> open(database& db) {
    auto row = db.prepare("SELECT b.seq, b.intent, b.billing, b.cost_micro, "
                          "b.line, l.tenant, l.user, l.extension, l.purpose, "
                          "l.billing, l.provider, l.model FROM bill b "
                          "LEFT JOIN usage_line l ON l.id = b.line WHERE "
                          "b.call = ?1 AND b.tenant = ?2 AND b.attempt = ?3");
    if (!row)
      return row.error();
    auto count = db.prepare("SELECT count(*) FROM bill");
    if (!count)
      return count.error();
    auto days = db.prepare(
      "SELECT line, day, attempts, unknown_usage, unpriced, input_uncached, "
      "cache_read, cache_write, output, reasoning, cost_micro FROM usage_day");
    if (!days)
      return days.error();
    bill_reader result;
    result.row_ = *std::move(row);
    result.count_ = *std::move(count);
    result.days_ = *std::move(days);
    return result;
  }

  /// Returns the line that `made` is billed on; nothing if its row is missing
  /// or another.
  expected<std::optional<int64_t>> line_of(const bill_replay::bill& made) {
    reset_at_end guard{row_};
    call_key key{made.call};
    key.bind_to(row_, 1);
    auto found = row_.bind(2, made.line.tenant)
                   .bind(3, static_cast<int64_t>(made.attempt))
                   .step();
    if (!found)
      return found.error();
    return *found && is(made) ? std::optional{row_.integer(4)} : std::nullopt;
  }

  expected<int64_t> rows() {
    reset_at_end guard{count_};
    if (auto found = count_.step(); !found)
      return found.error();
    return count_.integer(0);
  }

  using line_day = std::pair<int64_t, int64_t>;
  using sums_by_line_day = std::map<line_day, bill_sums>;

  expected<sums_by_line_day> days() {
    reset_at_end guard{days_};
    sums_by_line_day result;
    for (;;) {
      auto found = days_.step();
      if (!found)
        return found.error();
      if (!*found)
        return result;
      auto& sums = result[{days_.integer(0), days_.integer(1)}];
      for (size_t i = 0; i < bill_sum_count; ++i)
        sums.set(static_cast<bill_sum>(i),
                 static_cast<uint64_t>(days_.integer(static_cast<int>(i) + 2)));
    }
  }

private:
  bool is(const bill_replay::bill& made) {
    const auto& line = made.line;
    auto billing = static_cast<int64_t>(line.billing);
    auto cost = row_.is_null(3) ? std::optional<uint64_t>{}
                                : static_cast<uint64_t>(row_.integer(3));
    return row_.integer(0) == static_cast<int64_t>(made.seq)
           && row_.integer(1) == static_cast<int64_t>(made.intent_seq)
           && row_.integer(2) == billing && cost == made.cost_micro
           && row_.text(5) == line.tenant && row_.text(6) == line.user
           && row_.text(7) == line.extension
           && (!made.knows_purpose || row_.text(8) == line.purpose)
           && row_.integer(9) == billing && row_.text(10) == line.provider
           && row_.text(11) == line.model;
  }

  statement row_;
  statement count_;
  statement days_;
};

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
    // Twice what came meanwhile, so that the end is reached however fast others
    // append; there, sums and records are of the same moment.
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
    if (!read || !result)
      return end(read ? result.error() : read.error());
    if (verdict_.problem.empty() && next_ <= size_())
      return false;
    if (verdict_.problem.empty())
      if (auto compared = compare_sums(); !compared)
        return end(compared.error());
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
    sums_[{**line, made.day}].add(made.adds);
    return unit{};
  }

  status compare_sums() {
    auto rows = reader_.rows();
    if (!rows)
      return rows.error();
    auto stored = reader_.days();
    if (!stored)
      return stored.error();
    if (*rows != static_cast<int64_t>(billed_))
      fail(0, "billed: the bill has rows that no outcome made");
    else if (*stored != sums_)
      fail(0, "billed: a day's usage is not the sum of its outcomes");
    return unit{};
  }

  bill_reader reader_;
  std::function<uint64_t()> size_;
  std::function<void(expected<ledger_verdict>)> done_;
  bill_replay replay_;
  bill_reader::sums_by_line_day sums_;
  ledger_verdict verdict_;
  uint64_t next_ = 1;
  uint64_t seen_ = size_();
  uint64_t billed_ = 0;
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
