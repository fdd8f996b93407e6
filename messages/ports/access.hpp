// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "../access.hpp"
#include "../expected.hpp"
#include "../ledger.hpp"

#include <functional>

namespace byollm {

/// Keeps who may call. Callbacks come from the writer thread.
class access_store {
public:
  virtual ~access_store() = default;

  virtual void load_access(std::function<void(expected<stored_access>)> done)
    = 0;

  /// Makes a change and its ledger record in one transaction. Errors:
  /// `not_found` for a token to remove that there is not, `invalid_request` for
  /// a name in use, `limit_exceeded` over limits::service_tokens_max or
  /// limits::client_tokens_max.
  virtual void change_access(access_change what, change_record why,
                             std::function<void(status)> done)
    = 0;
};

} // namespace byollm
