// SPDX-License-Identifier: Apache-2.0
#include "app/process/stop_signals.hpp"

#include <cerrno>
#include <csignal>

#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace byollm {

namespace {

sigset_t both() noexcept {
  sigset_t out;
  sigemptyset(&out);
  sigaddset(&out, SIGINT);
  sigaddset(&out, SIGTERM);
  return out;
}

void unblock() noexcept {
  auto signals = both();
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
}

} // namespace

stop_signals::stop_signals() {
  auto signals = both();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  fd_ = ::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
}

stop_signals::~stop_signals() {
  if (fd_ >= 0)
    ::close(fd_);
  unblock();
}

void stop_signals::wait() const {
  pollfd one{fd_, POLLIN, 0};
  while (::poll(&one, 1, -1) < 0 && errno == EINTR) {
    // nop
  }
  take();
}

void stop_signals::take() const {
  // Unblocking would deliver it once more, and that would kill.
  signalfd_siginfo taken;
  [[maybe_unused]] auto count = ::read(fd_, &taken, sizeof(taken));
  unblock();
}

} // namespace byollm
