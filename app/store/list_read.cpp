// SPDX-License-Identifier: Apache-2.0
#include "app/ledger/row.hpp"
#include "app/store/long_read.hpp"
#include "app/store/record_filter.hpp"

#include <algorithm>
#include <utility>

namespace byollm {

namespace {

// One answer's bound; whoever wants more asks again from the last row on.
constexpr size_t rows_max = 10'000;
// Attempts of one call, two records each; of every tenant that has one of this
// name, if none is named.
constexpr size_t call_records_max = 1'000;

class list_read final : public long_read {
public:
  list_read(ledger_filter which, uint64_t size, call_records& calls,
            std::function<void(expected<std::vector<ledger_row>>)> done)
      : filter_(std::move(which)), calls_(calls), done_(std::move(done)) {
    limit_ = std::min(filter_.which().limit, rows_max);
    auto to = filter_.which().to_seq;
    last_ = to ? std::min(to, size) : size;
    next_ = newest_first() ? last_ : filter_.which().from_seq;
  }

  bool step(ledger_scan& scan) override {
    if (shown_ == kept_.size())
      if (auto read = read_slice(scan); !read)
        return fail(read.error());
    if (auto shown = show_kept(scan); !shown)
      return fail(shown.error());
    return finish_if(rows_.size() >= limit_
                     || (is_read_ && shown_ == kept_.size()));
  }

  void abandon(failure why) override {
    done_(std::move(why));
  }

private:
  bool newest_first() const noexcept {
    return filter_.which().newest_first;
  }

  status read_slice(ledger_scan& scan) {
    kept_.clear();
    shown_ = 0;
    if (!filter_.which().call.empty())
      return read_call(scan);
    auto take = [this](const stored_record& record) {
      next_ = newest_first() ? record.seq - 1 : record.seq + 1;
      return record.seq <= last_ && look_at(record);
    };
    auto read = newest_first() ? scan.downwards(next_, slice_records, take)
                               : scan.upwards(next_, slice_records, take);
    if (!read)
      return read.error();
    is_read_ = !bad_.empty() || *read < slice_records || next_ > last_;
    return unit{};
  }

  // Each record is in a row of its own, most of the time.
  status read_call(ledger_scan& scan) {
    const auto& which = filter_.which();
    if (!std::exchange(has_seqs_, true)) {
      auto found
        = calls_.seqs_of_call(which.tenant, which.call, call_records_max);
      if (!found)
        return found.error();
      seqs_ = *std::move(found);
    }
    auto end = std::min(seqs_.size(), looked_at_ + slice_facts);
    auto goes_on = true;
    for (; looked_at_ < end && goes_on; ++looked_at_) {
      auto seq = seqs_[looked_at_];
      if (seq < which.from_seq || seq > last_)
        continue;
      auto read = scan.upwards(seq, 1, [&](const stored_record& record) {
        goes_on = look_at(record);
        return false;
      });
      if (!read)
        return read.error();
    }
    is_read_ = !goes_on || looked_at_ == seqs_.size();
    return unit{};
  }

  // Keeps what fits so far; returns whether to go on.
  bool look_at(const stored_record& record) {
    auto decoded = decode_public(record.public_part);
    if (!decoded || record.leaf.size() != sizeof(sha256_digest)) {
      bad_ = "record " + std::to_string(record.seq) + " does not decode";
      return false;
    }
    if (filter_.fits_alone(*decoded))
      kept_.emplace_back(record);
    // If facts decide, how many fit is not known here.
    return filter_.needs_facts() || rows_.size() + kept_.size() < limit_;
  }

  status show_kept(ledger_scan& scan) {
    auto most = filter_.needs_facts() ? slice_facts : slice_rows;
    auto end = std::min(kept_.size(), shown_ + most);
    for (; shown_ < end && rows_.size() < limit_; ++shown_) {
      auto record = kept_[shown_].view();
      if (filter_.needs_facts()) {
        auto facts = filter_.facts_of(scan, calls_, record);
        if (!facts)
          return facts.error();
        if (!filter_.fits(*facts))
          continue;
      }
      show(record);
    }
    return unit{};
  }

  void show(const stored_record& record) {
    auto decoded = decode_public(record.public_part);
    auto payload = decode_payload(decoded->type, record.payload);
    sha256_digest leaf;
    std::ranges::copy(record.leaf, leaf.begin());
    rows_.push_back(to_row(*decoded, payload ? &*payload : nullptr, leaf));
  }

  bool finish_if(bool over) {
    if (!over)
      return false;
    if (!bad_.empty())
      return fail({errc::store_corrupt, bad_});
    if (!filter_.which().call.empty() && !newest_first())
      std::ranges::reverse(rows_);
    done_(std::move(rows_));
    return true;
  }

  bool fail(failure why) {
    done_(std::move(why));
    return true;
  }

  record_filter filter_;
  call_records& calls_;
  std::function<void(expected<std::vector<ledger_row>>)> done_;
  size_t limit_ = 0;
  uint64_t next_ = 0;
  /// The last record that is looked at: others append faster than this reads.
  uint64_t last_ = 0;
  bool is_read_ = false;
  // -- of a call --------------------------------------------------------------
  bool has_seqs_ = false;
  std::vector<uint64_t> seqs_;
  size_t looked_at_ = 0;
  // -- what a slice has found -------------------------------------------------
  std::vector<kept_record> kept_;
  size_t shown_ = 0;
  std::vector<ledger_row> rows_;
  std::string bad_;
};

} // namespace

std::unique_ptr<long_read>
make_list(ledger_filter which, uint64_t size, call_records& calls,
          std::function<void(expected<std::vector<ledger_row>>)> done) {
  return std::make_unique<list_read>(std::move(which), size, calls,
                                     std::move(done));
}

} // namespace byollm
