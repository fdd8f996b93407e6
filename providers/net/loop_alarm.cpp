// SPDX-License-Identifier: Apache-2.0
#include "providers/net/loop_alarm.hpp"

#include "messages/calendar.hpp"
#include "providers/net/alarm_heap.hpp"

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>

#include <algorithm>

namespace byollm {

namespace {

using namespace std::chrono_literals;

// How far ahead a new alarm arms the timer: an alarm that is cancelled within
// this time, as nearly all are, leaves behind one timer that the next alarms
// use.
constexpr auto lookahead = 100ms;

} // namespace

struct loop_alarm::impl : std::enable_shared_from_this<impl> {
  using executor = boost::asio::io_context::executor_type;
  using steady = std::chrono::steady_clock;
  using timer_type = boost::asio::basic_waitable_timer<
    steady, boost::asio::wait_traits<steady>, executor>;

  explicit impl(boost::asio::io_context& loop) : timer(loop.get_executor()) {
    // nop
  }

  void arm(time_point at) {
    armed = true;
    armed_at = at;
    timer.expires_at(at);
    timer.async_wait([weak = weak_from_this()](boost::system::error_code ec) {
      if (auto self = weak.lock(); self && !ec)
        self->on_timer();
    });
  }

  void on_timer() {
    // A wait that was cancelled too late still arrives; the armed one follows.
    auto now = steady::now();
    if (!armed || now < armed_at)
      return;
    armed = false;
    alarms.ring_due(now);
    if (!alarms.empty() && !armed)
      arm(alarms.next());
  }

  net::alarm_heap alarms;
  timer_type timer;
  bool armed = false;
  time_point armed_at = {};
};

loop_alarm::loop_alarm(boost::asio::io_context& loop)
    : impl_(std::make_shared<impl>(loop)) {
  // nop
}

loop_alarm::~loop_alarm() {
  // nop
}

loop_alarm::time_point loop_alarm::now() const noexcept {
  return std::chrono::steady_clock::now();
}

int64_t loop_alarm::unix_ms() const noexcept {
  return unix_ms_now();
}

loop_alarm::alarm_id loop_alarm::set(time_point when,
                                     std::function<void()> ring) {
  auto id = impl_->alarms.push(when, std::move(ring));
  auto first = impl_->alarms.next();
  if (!impl_->armed || first < impl_->armed_at)
    impl_->arm(std::min(first, now() + lookahead));
  return id;
}

void loop_alarm::cancel(alarm_id id) noexcept {
  impl_->alarms.erase(id);
  // A timer that is due soon is cheaper left alone than cancelled.
  if (impl_->armed && impl_->alarms.empty()
      && impl_->armed_at > now() + lookahead) {
    impl_->armed = false;
    impl_->timer.cancel();
  }
}

bool loop_alarm::is_armed() const noexcept {
  return impl_->armed;
}

} // namespace byollm
