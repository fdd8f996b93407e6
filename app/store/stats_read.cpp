// SPDX-License-Identifier: Apache-2.0
#include "app/store/long_read.hpp"
#include "app/store/record_filter.hpp"
#include "messages/calendar.hpp"

#include <map>
#include <tuple>

namespace byollm {

namespace {

// Walks the whole ledger: an outcome is counted with what its intent knew.
class stats_read final : public long_read {
public:
  stats_read(ledger_filter which, uint64_t size,
             std::function<void(expected<std::vector<ledger_stats_row>>)> done)
      : filter_(std::move(which)), done_(std::move(done)), last_(size) {
    // nop
  }

  bool step(ledger_scan& scan) override {
    auto read
      = scan.upwards(next_, slice_records, [this](const stored_record& record) {
          next_ = record.seq + 1;
          return record.seq <= last_ && look_at(record);
        });
    if (!read)
      done_(read.error());
    else if (bad_)
      done_(failure{errc::store_corrupt,
                    "record " + std::to_string(bad_) + " does not decode"});
    else if (*read >= slice_records && next_ <= last_)
      return false;
    else
      done_(rows());
    return true;
  }

  void abandon(failure why) override {
    done_(std::move(why));
  }

private:
  using group = std::tuple<std::string, std::string, std::string, std::string>;

  bool look_at(const stored_record& record) {
    auto decoded = decode_public(record.public_part);
    if (!decoded) {
      bad_ = record.seq;
      return false;
    }
    if (!decoded->fields.has(field::attempt))
      return true;
    auto key = std::string{decoded->fields.text(field::tenant)} + '/'
               + std::string{decoded->fields.text(field::call)} + '/'
               + std::to_string(decoded->fields.number(field::attempt));
    auto& facts = open_[key];
    add_facts(facts, *decoded, record);
    if (decoded->type != record_type::outcome)
      return true;
    if (filter_.fits_alone(*decoded) && filter_.fits(facts))
      count(*decoded, facts);
    open_.erase(key);
    return true;
  }

  void count(const public_view& outcome, const attempt_facts& facts) {
    const auto& fields = outcome.fields;
    auto billing
      = to_string(static_cast<billing_class>(fields.number(field::billing)));
    auto day = day_text(utc_day(time_of(outcome)));
    auto& row = groups_[group{day, billing, facts.provider, facts.purpose}];
    ++row.attempts;
    row.succeeded += facts.status == to_string(call_status::success) ? 1 : 0;
    bool is_known
      = fields.has(field::input_uncached) || fields.has(field::output);
    row.usage_unknown += is_known ? 0 : 1;
    row.input_uncached += fields.number(field::input_uncached);
    row.cache_read += fields.number(field::cache_read);
    row.cache_write += fields.number(field::cache_write);
    row.output += fields.number(field::output);
    row.reasoning += fields.number(field::reasoning);
  }

  std::vector<ledger_stats_row> rows() {
    std::vector<ledger_stats_row> result;
    for (auto& [of, row] : groups_) {
      std::tie(row.day, row.billing, row.provider, row.purpose) = of;
      result.push_back(std::move(row));
    }
    return result;
  }

  record_filter filter_;
  std::function<void(expected<std::vector<ledger_stats_row>>)> done_;
  /// The last record that counts: others append faster than this reads.
  uint64_t last_;
  uint64_t next_ = 1;
  uint64_t bad_ = 0;
  std::map<std::string, attempt_facts> open_;
  std::map<group, ledger_stats_row> groups_;
};

} // namespace

std::unique_ptr<long_read>
make_stats(ledger_filter which, uint64_t size,
           std::function<void(expected<std::vector<ledger_stats_row>>)> done) {
  return std::make_unique<stats_read>(std::move(which), size, std::move(done));
}

} // namespace byollm
