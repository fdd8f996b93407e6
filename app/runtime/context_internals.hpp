// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/runtime/accessor_impl.hpp"

namespace byollm {

/// What extensions and loops need of a chat turn beside its API. Not exported,
/// not installed.
class context_internals {
public:
  /// Null once the runtime is gone.
  static core_ptr core_of(const llm_accessor& llm) {
    return llm.impl_->core.lock();
  }

  static core_ptr core_of(const context& in) {
    return in.impl_->core.lock();
  }

  /// Ends every call of the turn that runs; `why` is a literal.
  static void cancel_calls(const context& in, const char* why) {
    in.impl_->link->cancel_all(why);
  }
};

} // namespace byollm
