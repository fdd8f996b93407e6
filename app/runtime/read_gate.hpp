// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/expected.hpp"

#include <atomic>
#include <cstddef>
#include <memory>

namespace byollm {

/// Counts reads of the store that were asked for from outside and are not over:
/// each holds rows, and all share one thread. Thread-safe; nobody waits.
class read_gate {
public:
  /// A read's place; given back once, when it is let go of or before.
  class place {
  public:
    place(std::shared_ptr<std::atomic<size_t>> all,
          std::shared_ptr<std::atomic<size_t>> crowd) noexcept;
    place(const place&) = delete;
    place& operator=(const place&) = delete;
    ~place();

    void give_back() noexcept;

  private:
    std::atomic<bool> is_held_{true};
    std::shared_ptr<std::atomic<size_t>> all_;
    /// Null for one that is not of the crowd.
    std::shared_ptr<std::atomic<size_t>> crowd_;
  };

  using place_ptr = std::shared_ptr<place>;

  /// Errors: `overloaded` with `retry_after`, over `limits::reads_max` reads,
  /// or `limits::reads_of_pages_max` of a crowd.
  expected<place_ptr> enter(bool is_of_a_crowd);

private:
  std::shared_ptr<std::atomic<size_t>> all_
    = std::make_shared<std::atomic<size_t>>(0);
  std::shared_ptr<std::atomic<size_t>> crowd_
    = std::make_shared<std::atomic<size_t>>(0);
};

} // namespace byollm
