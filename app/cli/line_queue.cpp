// SPDX-License-Identifier: Apache-2.0
#include "app/cli/line_queue.hpp"

#include <array>
#include <cerrno>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace byollm::cli {

line_queue::line_queue() : event_fd_(::eventfd(0, EFD_CLOEXEC)) {
  // nop
}

line_queue::~line_queue() {
  ::close(event_fd_);
}

flow line_queue::push(std::string line, bool last) {
  std::lock_guard guard{mutex_};
  queued_ += line.size();
  lines_.push_back(std::move(line));
  ended_ = ended_ || last;
  paused_ = paused_ || queued_ >= queued_max;
  [[maybe_unused]] auto told = ::eventfd_write(event_fd_, 1);
  return paused_ ? flow::pause : flow::more;
}

void line_queue::drain(owner::operation& from,
                       const std::function<void(std::string_view)>& on_line,
                       const stop_signals& stop) {
  std::array<pollfd, 2> both{{{event_fd_, POLLIN, 0}, {stop.fd(), POLLIN, 0}}};
  while (!ended()) {
    if (::poll(both.data(), both.size(), -1) < 0)
      continue;
    if (both[1].revents != 0) {
      both[1].fd = -1;
      stop.take();
      from.cancel();
    }
    if (both[0].revents == 0)
      continue;
    eventfd_t ignored;
    ::eventfd_read(event_fd_, &ignored);
    std::string line;
    auto resume = false;
    while (pop(line, resume)) {
      on_line(line);
      if (resume)
        from.resume();
    }
  }
}

bool line_queue::pop(std::string& line, bool& resume) {
  std::lock_guard guard{mutex_};
  if (lines_.empty())
    return false;
  line = std::move(lines_.front());
  lines_.pop_front();
  queued_ -= line.size();
  resume = paused_ && queued_ < queued_max / 2;
  paused_ = paused_ && !resume;
  return true;
}

bool line_queue::ended() {
  std::lock_guard guard{mutex_};
  return ended_ && lines_.empty();
}

} // namespace byollm::cli
