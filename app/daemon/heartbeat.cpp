// SPDX-License-Identifier: Apache-2.0
#include "app/daemon/heartbeat.hpp"

#include <utility>

namespace byollm::daemon {

heartbeat::heartbeat(size_t loops, ask_fn ask_of) : ask_of_(std::move(ask_of)) {
  for (size_t i = 0; i < loops; ++i)
    answered_.push_back(std::make_shared<std::atomic<bool>>(true));
}

bool heartbeat::beat() {
  if (!silent().empty())
    return false;
  for (size_t i = 0; i < answered_.size(); ++i) {
    answered_[i]->store(false);
    ask_of_(i, [answer = answered_[i]] { answer->store(true); });
  }
  return true;
}

std::vector<size_t> heartbeat::silent() const {
  std::vector<size_t> out;
  for (size_t i = 0; i < answered_.size(); ++i)
    if (!answered_[i]->load())
      out.push_back(i);
  return out;
}

} // namespace byollm::daemon
