// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mutex>
#include <string>
#include <unordered_set>

namespace byollm {

/// The running calls whose ids their callers chose: an id names one call of a
/// tenant, so a second request with it asks no provider. Thread-safe.
class named_calls {
public:
  /// Returns false if a call of that name is running.
  bool enter(const std::string& tenant, const std::string& id) {
    std::lock_guard guard{mutex_};
    return running_.insert(key(tenant, id)).second;
  }

  void leave(const std::string& tenant, const std::string& id) {
    std::lock_guard guard{mutex_};
    running_.erase(key(tenant, id));
  }

private:
  // Ids hold no '|'.
  static std::string key(const std::string& tenant, const std::string& id) {
    return tenant + '|' + id;
  }

  std::mutex mutex_;
  std::unordered_set<std::string> running_;
};

} // namespace byollm
