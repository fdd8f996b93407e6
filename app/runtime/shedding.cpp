// SPDX-License-Identifier: Apache-2.0
#include "app/runtime/shedding.hpp"

#include "messages/limits.hpp"

namespace byollm {

namespace {

using std::chrono::milliseconds;

// Steps of the golden section, modulo one: however many were refused in a row,
// their times lie evenly, and no two in a row are close.
milliseconds when_to_retry(uint64_t number) noexcept {
  constexpr uint32_t step = 2'654'435'769;
  constexpr milliseconds least{limits::shed_retry_min};
  constexpr milliseconds spread{limits::shed_retry_max - least};
  uint64_t part = static_cast<uint32_t>(number) * step;
  return least + milliseconds{(part * spread.count()) >> 32};
}

int64_t second_of(shedding::time_point now) noexcept {
  return std::chrono::floor<std::chrono::seconds>(now)
    .time_since_epoch()
    .count();
}

} // namespace

failure shedding::refuse(admission::verdict why) noexcept {
  if (why == admission::verdict::closed)
    return {errc::stopping, "the runtime is stopping"};
  auto is_own = why == admission::verdict::own_limit;
  auto number = (is_own ? own_limit_ : scarce_).fetch_add(1);
  failure made{errc::overloaded,
               is_own ? "the tenant has too many calls in flight"
                      : "too many calls are in flight, and the tenant has its "
                        "share of them"};
  made.retry_after = when_to_retry(number);
  return made;
}

bool shedding::is_row_due(const admission::tenant& of,
                          time_point now) noexcept {
  return of.told_at.load(std::memory_order_relaxed) != second_of(now);
}

std::optional<uint64_t> shedding::take_row(admission::tenant& of,
                                           time_point now) noexcept {
  auto second = second_of(now);
  auto told = of.told_at.load();
  if (told != second && of.told_at.compare_exchange_strong(told, second))
    return of.untold.exchange(0);
  of.untold.fetch_add(1);
  return std::nullopt;
}

} // namespace byollm
