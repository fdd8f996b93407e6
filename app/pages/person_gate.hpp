// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/access.hpp"
#include "messages/expected.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace byollm::pages {

/// Counts what each person who is logged in has under way, whichever session
/// asked for it: at most `limits::operations_per_person_max`. Thread-safe;
/// never blocks.
class person_gate {
public:
  /// Keeps a place; letting go of it gives it back.
  using place_ptr = std::shared_ptr<void>;

  /// Errors: `overloaded`, with `retry_after`.
  expected<place_ptr> enter(const login_identity& who);

  /// How many persons have something under way.
  size_t size() const;

private:
  struct counts {
    std::mutex mutex;
    std::map<std::string, size_t> under_way;
  };

  std::shared_ptr<counts> counts_ = std::make_shared<counts>();
};

} // namespace byollm::pages
