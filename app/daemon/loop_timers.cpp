// SPDX-License-Identifier: Apache-2.0
#include "app/daemon/loop_timers.hpp"

#include <boost/asio/post.hpp>

#include <utility>

namespace byollm::daemon {

using boost::asio::steady_timer;

after_fn alarms_of(boost::asio::io_context& io) {
  return [&io](std::chrono::milliseconds delay, std::function<void()> task) {
    auto timer = std::make_shared<steady_timer>(io);
    boost::asio::post(io, [timer, delay, task = std::move(task)] {
      timer->expires_after(delay);
      timer->async_wait([timer, task](boost::system::error_code ec) {
        if (!ec)
          task();
      });
    });
    return std::function<void()>{
      [timer, &io] { boost::asio::post(io, [timer] { timer->cancel(); }); }};
  };
}

metronome::metronome(boost::asio::io_context& io,
                     std::chrono::milliseconds every,
                     std::function<void()> task)
    : every_(every),
      task_(std::move(task)),
      timer_(std::make_shared<steady_timer>(io)) {
  boost::asio::post(io, [this] { wait(); });
}

void metronome::stop() {
  std::unique_lock guard{mutex_};
  boost::asio::post(timer_->get_executor(), [this] {
    std::lock_guard inside{mutex_};
    is_over_ = true;
    timer_->cancel();
    over_.notify_all();
  });
  over_.wait(guard, [this] { return is_over_; });
}

void metronome::wait() {
  timer_->expires_after(every_);
  timer_->async_wait([this](boost::system::error_code ec) {
    if (ec || is_over_)
      return;
    task_();
    wait();
  });
}

} // namespace byollm::daemon
