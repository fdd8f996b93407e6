// SPDX-License-Identifier: Apache-2.0
#include "app/store/wanted_read.hpp"

#include <utility>

namespace byollm {

namespace {

class wanted_read final : public long_read {
public:
  wanted_read(std::unique_ptr<long_read> what, gone_flag gone)
      : what_(std::move(what)), gone_(std::move(gone)) {
    // nop
  }

  bool step(ledger_scan& scan) override {
    if (!is_set(gone_))
      return what_->step(scan);
    what_->abandon(nobody_waits());
    return true;
  }

  void abandon(failure why) override {
    what_->abandon(std::move(why));
  }

private:
  std::unique_ptr<long_read> what_;
  gone_flag gone_;
};

} // namespace

failure nobody_waits() {
  return {errc::cancelled, "nobody waits for what is read"};
}

std::unique_ptr<long_read> while_wanted(std::unique_ptr<long_read> what,
                                        gone_flag gone) {
  if (!gone)
    return what;
  return std::make_unique<wanted_read>(std::move(what), std::move(gone));
}

} // namespace byollm
