// SPDX-License-Identifier: Apache-2.0
#include "app/runtime/test_gate.hpp"

#include "messages/limits.hpp"

namespace byollm {

status test_gate::enter(const std::string& who, time_point now) {
  std::lock_guard guard{mutex_};
  failure full{errc::limit_exceeded,
               "at most " + std::to_string(limits::llm_tests_max)
                 + " tests and lists of models a minute",
               "llm_tests_max"};
  full.retry_after = limits::llm_test_window;
  auto it = windows_.find(who);
  if (it == windows_.end()) {
    if (windows_.size() >= limits::llm_test_users_max)
      forget_old(now);
    if (windows_.size() >= limits::llm_test_users_max)
      return full;
    it = windows_.emplace(who, window{now}).first;
  }
  auto& mine = it->second;
  if (now - mine.since >= limits::llm_test_window)
    mine = {now};
  if (mine.used == limits::llm_tests_max) {
    // Rounded up: who waits as long as told gets in.
    auto left = mine.since + limits::llm_test_window - now;
    full.retry_after = std::chrono::ceil<std::chrono::milliseconds>(left);
    full.detail
      += "; try again in "
         + std::to_string(std::chrono::ceil<std::chrono::seconds>(left).count())
         + " s";
    return full;
  }
  ++mine.used;
  return unit{};
}

void test_gate::forget_old(time_point now) {
  std::erase_if(windows_, [&](const auto& entry) {
    return now - entry.second.since >= limits::llm_test_window;
  });
}

} // namespace byollm
