// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/store/long_read.hpp"

#include <functional>
#include <utility>

namespace byollm {

/// A read in one slice.
template <class Result>
class short_read final : public long_read {
public:
  short_read(std::function<Result()> make, std::function<void(Result)> tell)
      : make_(std::move(make)), tell_(std::move(tell)) {
    // nop
  }

  bool step(ledger_scan&) override {
    tell_(make_());
    return true;
  }

  void abandon(failure why) override {
    tell_(std::move(why));
  }

private:
  std::function<Result()> make_;
  std::function<void(Result)> tell_;
};

} // namespace byollm
