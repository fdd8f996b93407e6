// SPDX-License-Identifier: Apache-2.0
#include "tests/actor/sums_of_today.hpp"

namespace byollm {

void sums_of_today::usage(usage_filter which,
                          reading<std::vector<usage_row>> to) {
  if (which.first_day != which.last_day || which.tenant != "acme"
      || which.user != "ada" || which.extension != "writer")
    world_.problems.push_back("somebody else's usage was asked for");
  if (world_.past_hangs)
    return held_.push_back(std::move(to));
  world_.sys.later([this, done = std::move(to.tell)] {
    if (world_.past_fails)
      done(failure{errc::store_unavailable, "the disk is gone"});
    else
      done(world_.past_usage);
  });
}

void sums_of_today::never() {
  world_.problems.push_back("the ledger was read");
}

} // namespace byollm
