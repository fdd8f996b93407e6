// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/receipts.hpp"

#include <memory>
#include <string>
#include <utility>

namespace byollm {

/// Makes receipts and tickets for tests, as the ledger and the auth gateway
/// make them for the product.
class test_receipt_office {
public:
  static intent_receipt_ptr receipt(std::string call, uint32_t attempt = 1,
                                    uint64_t seq = 1) {
    return intent_receipt_ptr{
      new intent_receipt(std::move(call), attempt, seq)};
  }

  static lease_ticket_ptr ticket(llm_target::ptr target,
                                 intent_receipt_ptr receipt) {
    return lease_ticket_ptr{
      new lease_ticket(std::move(target), std::move(receipt))};
  }
};

} // namespace byollm
