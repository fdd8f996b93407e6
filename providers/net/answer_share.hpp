// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/shared_room.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace byollm::net {

/// What one answer holds of the room for all that are under way. The first
/// `limits::answer_room_step` bytes cost nothing. Not thread-safe.
class answer_share {
public:
  answer_share() = default;
  answer_share(const answer_share&) = delete;
  answer_share& operator=(const answer_share&) = delete;
  ~answer_share();

  /// Holds `bytes` in all, which only grow. `tenant` fills the room; empty for
  /// the platform, whose own LLMs share it with nobody's part. Returns false if
  /// there is none.
  bool hold(const std::shared_ptr<shared_room>& in, const std::string& tenant,
            uint64_t bytes);

private:
  std::shared_ptr<shared_room> room_;
  shared_room::account_ptr payer_;
  size_t held_ = 0;
};

} // namespace byollm::net
