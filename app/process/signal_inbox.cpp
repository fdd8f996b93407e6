// SPDX-License-Identifier: Apache-2.0
#include "app/process/signal_inbox.hpp"

#include <array>
#include <csignal>
#include <utility>

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace byollm {

namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;
using clock = std::chrono::steady_clock;

sigset_t set_of(std::initializer_list<int> signals) noexcept {
  sigset_t out;
  sigemptyset(&out);
  for (auto one : signals)
    sigaddset(&out, one);
  return out;
}

} // namespace

signal_inbox::signal_inbox() {
  auto all = set_of({SIGINT, SIGTERM, SIGHUP});
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
  signals_ = ::signalfd(-1, &all, SFD_CLOEXEC | SFD_NONBLOCK);
  waker_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
}

signal_inbox::~signal_inbox() {
  ::close(signals_);
  ::close(waker_);
}

signal_inbox::word signal_inbox::wait(std::optional<milliseconds> most) {
  auto until = most ? clock::now() + *most : clock::time_point::max();
  for (;;) {
    look();
    if (std::exchange(stops_, false))
      return word::stop;
    if (std::exchange(reloads_, false))
      return word::reload;
    if (std::exchange(is_woken_, false))
      return word::woken;
    auto left = until - clock::now();
    if (most && left <= clock::duration::zero())
      return word::nothing;
    // Rounded up: a wait that ends too early would spin.
    auto ms = most ? duration_cast<milliseconds>(left).count() + 1 : -1;
    std::array<pollfd, 2> both{{{signals_, POLLIN, 0}, {waker_, POLLIN, 0}}};
    ::poll(both.data(), both.size(), static_cast<int>(ms));
  }
}

// Takes all that came: what is told twice before it is heard is told once.
void signal_inbox::look() {
  signalfd_siginfo one;
  while (::read(signals_, &one, sizeof(one)) == sizeof(one))
    (one.ssi_signo == SIGHUP ? reloads_ : stops_) = true;
  uint64_t count = 0;
  if (::read(waker_, &count, sizeof(count)) == sizeof(count))
    is_woken_ = true;
}

void signal_inbox::wake() noexcept {
  constexpr uint64_t once = 1;
  [[maybe_unused]] auto written = ::write(waker_, &once, sizeof(once));
}

void signal_inbox::let_go() noexcept {
  auto both = set_of({SIGINT, SIGTERM});
  pthread_sigmask(SIG_UNBLOCK, &both, nullptr);
}

} // namespace byollm
