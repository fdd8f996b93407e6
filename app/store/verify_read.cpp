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
    auto begin = verifier_.edge().size();
    auto next = what::end;
    auto read = scan.batches(begin + 1, [&](const stored_batch& batch) {
      if (batch.first_seq > size_)
        next = what::appended;
      else if (!verify_batch(verifier_, batch))
        next = what::bad;
      else if (verifier_.edge().size() - begin >= slice_records)
        next = what::more;
      return next == what::end;
    });
    if (!read)
      return read.error();
    return next == what::end ? check_end(scan) : next == what::more;
  }

  // The ledger must not be shorter than its owner says, nor than its nodes do.
  expected<bool> check_end(ledger_scan& scan) {
    auto covered = scan.covered_by_nodes();
    if (!covered)
      return covered.error();
    auto wanted = std::max(size_, *covered);
    if (verifier_.edge().size() < wanted)
      verifier_.head({wanted, {}});
    return false;
  }

  /// What comes after the rows of a slice.
  enum class what {
    end,      ///< No row.
    appended, ///< A row from after we began.
    bad,      ///< The last one was.
    more,
  };

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
