// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/expected.hpp"

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <unordered_map>

namespace byollm {

/// Says how often somebody may test an LLM: a test is a free look at what an
/// address does. Thread-safe.
class test_gate {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// Lets `who` in, at most `limits::llm_tests_max` times in
  /// `limits::llm_test_window`. Errors: `limit_exceeded`, with `retry_after`.
  status enter(const std::string& who, time_point now);

private:
  struct window {
    time_point since;
    uint32_t used = 0;
  };

  void forget_old(time_point now);

  std::mutex mutex_;
  std::unordered_map<std::string, window> windows_;
};

} // namespace byollm
