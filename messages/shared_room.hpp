// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

namespace byollm {

/// Counts bytes that are held for others, and shares the room for them between
/// those who fill it. Thread-safe.
class shared_room {
public:
  using account = std::atomic<size_t>;
  using account_ptr = std::shared_ptr<account>;

  explicit shared_room(size_t most) : most_(most) {
    // nop
  }

  /// Returns what `payer` holds.
  account_ptr of(const std::string& payer);

  /// Counts `now` bytes instead of `before`, for `whose` if that is known.
  /// Returns whether there is room: in all, and for one payer as much as is
  /// left for the others.
  bool hold(account* whose, size_t before, size_t now) noexcept;

private:
  const size_t most_;
  std::atomic<size_t> all_{0};
  std::mutex mutex_;
  std::unordered_map<std::string, account_ptr> accounts_;
  size_t sweep_at_ = 1'024;
};

} // namespace byollm
