// SPDX-License-Identifier: Apache-2.0
#include "providers/net/loop_gate.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

namespace byollm::net {

void loop_gate::post(std::function<void()> work) {
  std::lock_guard guard{mutex_};
  if (loop_)
    boost::asio::post(loop_->get_executor(), std::move(work));
}

void loop_gate::shut() noexcept {
  std::lock_guard guard{mutex_};
  loop_ = nullptr;
}

} // namespace byollm::net
