// SPDX-License-Identifier: Apache-2.0
#include "app/http/lane.hpp"

#include "app/http/response_head.hpp"
#include "app/http/session.hpp"

#include <utility>

namespace byollm::http {

answer site::refuse(int status, std::string_view why,
                    const request* head) const {
  if (options.on_error) {
    auto made = options.on_error(status, why, head);
    if (is_sendable(made))
      return made;
  }
  return default_error(status, why);
}

void site::drain(std::function<void()> drained) {
  {
    std::lock_guard guard{mutex_};
    drained_ = std::move(drained);
  }
  is_draining_ = true;
}

void site::closed() {
  --connections;
  tell_if_drained();
}

void site::tell_if_drained() {
  if (!is_draining_ || connections > 0)
    return;
  std::unique_lock guard{mutex_};
  auto drained = std::exchange(drained_, nullptr);
  guard.unlock();
  if (drained)
    drained();
}

void lane::retire() {
  // Each may take itself off its list.
  for (auto& some : {waiting, busy})
    for (auto& open : some)
      open->retire();
}

void lane::cut() {
  is_cut = true;
  arriving->clear();
  for (auto& some : {waiting, busy})
    for (auto& open : some)
      open->close();
}

bool lane::make_room() {
  if (waiting.empty())
    return false;
  auto longest = waiting.front();
  longest->close();
  return true;
}

} // namespace byollm::http
