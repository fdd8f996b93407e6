// SPDX-License-Identifier: Apache-2.0
// Preloaded into byollmd: leaves out that it closes its memory to other
// processes, so that a test reads what is in it whoever runs the test.
#include <cstdarg>

#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

extern "C" __attribute__((visibility("default"))) int prctl(int option,
                                                            ...) noexcept {
  if (option == PR_SET_DUMPABLE)
    return 0;
  va_list given;
  va_start(given, option);
  unsigned long values[4];
  for (auto& each : values)
    each = va_arg(given, unsigned long);
  va_end(given);
  return static_cast<int>(
    ::syscall(SYS_prctl, option, values[0], values[1], values[2], values[3]));
}
