// SPDX-License-Identifier: Apache-2.0
// Preloaded into byollmd: the first loop that waits for events once the file
// $HANG_FILE is there hangs for ever, as one would in a handler that blocks.
#include <atomic>
#include <cstdlib>

#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>

extern "C" __attribute__((visibility("default"))) int
epoll_wait(int epoll, epoll_event* events, int most, int timeout) {
  static std::atomic<bool> hangs = false;
  auto file = std::getenv("HANG_FILE");
  if (file && ::access(file, F_OK) == 0 && !hangs.exchange(true))
    for (;;)
      ::pause();
  return static_cast<int>(
    ::syscall(SYS_epoll_pwait, epoll, events, most, timeout, nullptr, 8));
}
