// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/config.hpp"
#include "messages/expected.hpp"
#include "messages/ledger.hpp"
#include "messages/master_keys.hpp"
#include "messages/ports/store.hpp"
#include "messages/receipts.hpp"
#include "messages/settings.hpp"
#include "messages/turn.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace byollm {

/// What actors send: immutable and shared, so that no hop copies a prompt and
/// no identity needs a default value (CAF 0.17 copies and default-constructs).
template <class T>
using shared = std::shared_ptr<const T>;

/// A reply that may be a documented failure. A `caf::error` instead of an
/// answer always means that the callee is gone.
template <class T>
using answer = std::shared_ptr<const expected<T>>;

using name_list = std::vector<std::string>;

/// What an actor does when a port's callback has answered; runs inside the
/// actor.
using continuation = std::shared_ptr<const std::function<void()>>;

template <class T>
answer<T> answered(T value) {
  return std::make_shared<const expected<T>>(std::move(value));
}

template <class T>
answer<T> refused(failure why) {
  return std::make_shared<const expected<T>>(std::move(why));
}

} // namespace byollm
