// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>

namespace byollm {

/// The running calls whose ids their callers chose: an id names one call of a
/// tenant, so a second request with it asks no provider. Thread-safe.
class named_calls : public std::enable_shared_from_this<named_calls> {
public:
  /// A name in use, until `release`. Whoever drops it without that leaves the
  /// name in use.
  class name {
  public:
    name(std::shared_ptr<named_calls> in, std::string key)
        : in_(std::move(in)), key_(std::move(key)) {
      // nop
    }

    /// Frees the name for the next call.
    void release() {
      std::lock_guard guard{in_->mutex_};
      in_->running_.erase(key_);
    }

  private:
    std::shared_ptr<named_calls> in_;
    std::string key_;
  };

  /// Returns nothing if a call of that name is running.
  std::optional<name> claim(const std::string& tenant, const std::string& id) {
    // Ids hold no '|'.
    auto key = tenant + '|' + id;
    std::lock_guard guard{mutex_};
    if (!running_.insert(key).second)
      return std::nullopt;
    return name{shared_from_this(), std::move(key)};
  }

private:
  std::mutex mutex_;
  std::unordered_set<std::string> running_;
};

} // namespace byollm
