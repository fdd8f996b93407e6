// SPDX-License-Identifier: Apache-2.0
#include "app/ledger/row.hpp"
#include "app/store/long_read.hpp"

#include <algorithm>

namespace byollm {

namespace {

// One answer's bound; whoever wants more asks again from the last row on.
constexpr size_t rows_max = 10'000;
// Attempts of one call, two records each, and those of another tenant's call of
// the same name.
constexpr size_t call_records_max = 1'000;

bool matches(std::string_view wanted, std::string_view found) {
  return wanted.empty() || wanted == found;
}

class list_read final : public long_read {
public:
  list_read(ledger_reader::filter which, const open_intents& open,
            std::function<void(expected<std::vector<ledger_row>>)> done)
      : which_(std::move(which)), open_(open), done_(std::move(done)) {
    which_.limit = std::min(which_.limit, rows_max);
    next_ = which_.newest_first ? UINT64_MAX : which_.from_seq;
  }

  bool step(ledger_scan& scan) override {
    if (!which_.call.empty())
      return read_call(scan);
    auto take = [this](const stored_record& record) {
      next_ = which_.newest_first ? record.seq - 1 : record.seq + 1;
      return look_at(record);
    };
    auto read = which_.newest_first ? scan.downwards(next_, slice_records, take)
                                    : scan.upwards(next_, slice_records, take);
    if (!read)
      return fail(read.error());
    return finish_if(!bad_.empty() || *read < slice_records
                     || rows_.size() >= which_.limit);
  }

  void abandon(failure why) override {
    done_(std::move(why));
  }

private:
  bool read_call(ledger_scan& scan) {
    auto take = [this](const stored_record& record) {
      return record.seq < which_.from_seq || look_at(record);
    };
    auto read = scan.of_call(which_.call, open_, call_records_max, take);
    if (!read)
      return fail(read.error());
    if (!which_.newest_first)
      std::ranges::reverse(rows_);
    return finish_if(true);
  }

  // Returns whether to go on.
  bool look_at(const stored_record& record) {
    if (rows_.size() >= which_.limit)
      return false;
    auto decoded = decode_public(record.public_part);
    if (!decoded || record.leaf.size() != sizeof(sha256_digest)) {
      bad_ = "record " + std::to_string(record.seq) + " does not decode";
      return false;
    }
    const auto& fields = decoded->fields;
    if (!matches(which_.tenant, fields.text(field::tenant))
        || !matches(which_.user, fields.text(field::user))
        || !matches(which_.turn, fields.text(field::turn))
        || !matches(which_.call, fields.text(field::call)))
      return true;
    auto payload = decode_payload(decoded->type, record.payload);
    sha256_digest leaf;
    std::ranges::copy(record.leaf, leaf.begin());
    rows_.push_back(to_row(*decoded, payload ? &*payload : nullptr, leaf));
    return rows_.size() < which_.limit;
  }

  bool finish_if(bool over) {
    if (!over)
      return false;
    if (!bad_.empty())
      return fail({errc::store_corrupt, bad_});
    done_(std::move(rows_));
    return true;
  }

  bool fail(failure why) {
    done_(std::move(why));
    return true;
  }

  ledger_reader::filter which_;
  const open_intents& open_;
  std::function<void(expected<std::vector<ledger_row>>)> done_;
  uint64_t next_ = 0;
  std::vector<ledger_row> rows_;
  std::string bad_;
};

} // namespace

std::unique_ptr<long_read>
make_list(ledger_reader::filter which, const open_intents& open,
          std::function<void(expected<std::vector<ledger_row>>)> done) {
  return std::make_unique<list_read>(std::move(which), open, std::move(done));
}

} // namespace byollm
