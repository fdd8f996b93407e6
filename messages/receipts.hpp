// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "target.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

namespace byollm {

/// Proof that a call's intent is durable. Only the ledger actor makes one (and
/// the tests' own office, which the layering test keeps out of the product);
/// the transport sends nothing without it.
class intent_receipt {
public:
  const std::string& call() const noexcept {
    return call_;
  }

  uint32_t attempt() const noexcept {
    return attempt_;
  }

  uint64_t seq() const noexcept {
    return seq_;
  }

private:
  friend class receipt_office;
  friend class test_receipt_office;

  intent_receipt(std::string call, uint32_t attempt, uint64_t seq)
      : call_(std::move(call)), attempt_(attempt), seq_(seq) {
    // nop
  }

  std::string call_;
  uint32_t attempt_;
  uint64_t seq_;
};

using intent_receipt_ptr = std::shared_ptr<const intent_receipt>;

/// The right to open one target's key once, for one intent. Made by the auth
/// gateway only; copies share the one redemption.
class lease_ticket {
public:
  const llm_target::ptr& target() const noexcept {
    return target_;
  }

  const intent_receipt_ptr& receipt() const noexcept {
    return receipt_;
  }

  /// Returns true exactly once over all copies.
  bool redeem() const noexcept {
    return !redeemed_.exchange(true, std::memory_order_acq_rel);
  }

private:
  friend class lease_office;
  friend class test_receipt_office;

  lease_ticket(llm_target::ptr target, intent_receipt_ptr receipt)
      : target_(std::move(target)), receipt_(std::move(receipt)) {
    // nop
  }

  llm_target::ptr target_;
  intent_receipt_ptr receipt_;
  mutable std::atomic<bool> redeemed_{false};
};

using lease_ticket_ptr = std::shared_ptr<const lease_ticket>;

} // namespace byollm
