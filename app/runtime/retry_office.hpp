// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/ports/retries.hpp"

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

namespace byollm {

/// A runtime's budgets of retries. Holds tenants that have a turn open, or
/// called in the window; others are forgotten. Thread-safe.
class retry_office final : public retry_budgets {
public:
  std::shared_ptr<retry_budget> of(const std::string& tenant,
                                   retry_budget::time_point now) override;

  /// Retries that were not made.
  uint64_t denied() const noexcept {
    return denied_->load(std::memory_order_relaxed);
  }

  /// Tenants that are held.
  size_t size() const;

private:
  class budget;

  using counter = std::shared_ptr<std::atomic<uint64_t>>;

  counter denied_ = std::make_shared<std::atomic<uint64_t>>(0u);
  mutable std::mutex mutex_;
  std::unordered_map<std::string, std::shared_ptr<budget>> budgets_;
  size_t sweep_at_ = 1'024;
};

} // namespace byollm
