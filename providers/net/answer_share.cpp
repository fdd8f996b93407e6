// SPDX-License-Identifier: Apache-2.0
#include "providers/net/answer_share.hpp"

#include "messages/limits.hpp"

#include <utility>

namespace byollm::net {

answer_share::~answer_share() {
  if (room_)
    room_->hold(payer_.get(), held_, 0);
}

bool answer_share::hold(const std::shared_ptr<shared_room>& in,
                        const std::string& tenant, uint64_t bytes) {
  auto wanted = static_cast<size_t>(bytes / limits::answer_room_step
                                    * limits::answer_room_step);
  if (wanted == held_)
    return true;
  if (!room_) {
    room_ = in;
    if (!tenant.empty())
      payer_ = room_->of(tenant);
  }
  return room_->hold(payer_.get(), std::exchange(held_, wanted), wanted);
}

} // namespace byollm::net
