// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <caf/typed_response_promise.hpp>

#include <unordered_map>
#include <utility>

namespace byollm {

/// Holds every open reply of an actor so that none is lost on the way out: CAF
/// 0.17 does not notice a promise that is dropped.
template <class Key, class Reply>
class open_replies {
public:
  using promise = caf::typed_response_promise<Reply>;

  void add(const Key& key, promise to) {
    open_.insert_or_assign(key, std::move(to));
  }

  /// Returns false if `key` is unknown or settled already.
  bool settle(const Key& key, Reply value) {
    auto it = open_.find(key);
    if (it == open_.end())
      return false;
    auto to = std::move(it->second);
    open_.erase(it);
    to.deliver(std::move(value));
    return true;
  }

  /// Settles all with what `make(key)` returns.
  template <class Make>
  void settle_all(Make make) {
    auto all = std::exchange(open_, {});
    for (auto& [key, to] : all)
      to.deliver(make(key));
  }

  size_t size() const noexcept {
    return open_.size();
  }

private:
  std::unordered_map<Key, promise> open_;
};

} // namespace byollm
