// SPDX-License-Identifier: Apache-2.0
#include "providers/net/idle_shelf.hpp"

#include <utility>

namespace byollm::net {

idle_shelf::place idle_shelf::add(connection more) {
  if (all_.size() >= most_)
    close_oldest();
  return all_.insert(all_.end(), std::move(more));
}

idle_shelf::connection idle_shelf::take(place from) {
  auto out = std::move(*from);
  all_.erase(from);
  return out;
}

bool idle_shelf::close_oldest() noexcept {
  if (all_.empty())
    return false;
  // Its owner's are in the same order.
  all_.front().whose->close_oldest();
  return true;
}

} // namespace byollm::net
