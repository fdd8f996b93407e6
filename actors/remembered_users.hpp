// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/protocol/interfaces.hpp"

#include <cstddef>
#include <list>
#include <string>
#include <unordered_map>
#include <utility>

namespace byollm {

/// What look-ups of users found, of the `most` users that were asked for last.
class remembered_users {
public:
  explicit remembered_users(size_t most) : most_(most) {
    // nop
  }

  /// Returns null for who is not remembered.
  shared<user_lookup> find(const std::string& user);

  void remember(const std::string& user, shared<user_lookup> what);

  void forget(const std::string& user);

  void clear();

private:
  using entry = std::pair<std::string, shared<user_lookup>>;

  size_t most_;
  std::list<entry> by_use_; // the longest unused first
  std::unordered_map<std::string, std::list<entry>::iterator> users_;
};

} // namespace byollm
