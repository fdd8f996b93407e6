// SPDX-License-Identifier: Apache-2.0
#include "app/store/long_read.hpp"

#include <algorithm>

namespace byollm {

namespace {

class verify_read final : public long_read {
public:
  verify_read(uint64_t size, std::function<void(expected<ledger_verdict>)> done)
      : size_(size), done_(std::move(done)) {
    // nop
  }

  bool step(ledger_scan& scan) override {
    auto more = slice(scan);
    if (!more) {
      done_(std::move(more).error());
      return true;
    }
    if (*more && verifier_.is_well())
      return false;
    done_(verifier_.finish());
    return true;
  }

  void abandon(failure why) override {
    done_(std::move(why));
  }

private:
  // Returns whether there is more to read.
  expected<bool> slice(ledger_scan& scan) {
    auto budget = slice_records;
    while (budget > 0) {
      auto at = verifier_.edge().size();
      auto batch = scan.batch_from(at + 1);
      if (!batch)
        return batch.error();
      if (!*batch)
        return rest(scan);
      if ((*batch)->first_seq > size_)
        return false; // appended since we began
      auto left = static_cast<size_t>((*batch)->head.size - at);
      auto asked = std::min(left, budget);
      auto read = records(scan, at + 1, asked);
      if (!read)
        return read.error();
      if (*read < asked || asked == left)
        verifier_.head((*batch)->head);
      if (!verifier_.is_well())
        return false;
      budget -= asked;
    }
    return true;
  }

  // After the last batch there must be nothing, and it must end the ledger.
  expected<bool> rest(ledger_scan& scan) {
    auto at = verifier_.edge().size();
    auto read = records(scan, at + 1, 1);
    if (!read)
      return read.error();
    if (*read == 0 && at < size_)
      verifier_.head({size_, {}});
    return false;
  }

  expected<size_t> records(ledger_scan& scan, uint64_t from, size_t limit) {
    return scan.upwards(from, limit, [this](const stored_record& record) {
      return verifier_.record(record);
    });
  }

  uint64_t size_;
  std::function<void(expected<ledger_verdict>)> done_;
  ledger_verifier verifier_;
};

} // namespace

std::unique_ptr<long_read>
make_verify(uint64_t size, std::function<void(expected<ledger_verdict>)> done) {
  return std::make_unique<verify_read>(size, std::move(done));
}

} // namespace byollm
