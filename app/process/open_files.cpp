// SPDX-License-Identifier: Apache-2.0
#include "app/process/open_files.hpp"

#include "messages/limits.hpp"

#include <algorithm>

#include <sys/resource.h>

namespace byollm {

void raise_open_files() noexcept {
  rlimit now{};
  if (::getrlimit(RLIMIT_NOFILE, &now) != 0)
    return;
  now.rlim_cur = now.rlim_max;
  // Who may not is left with what there is.
  static_cast<void>(::setrlimit(RLIMIT_NOFILE, &now));
}

size_t open_files_max() noexcept {
  rlimit now{};
  if (::getrlimit(RLIMIT_NOFILE, &now) != 0 || now.rlim_cur == RLIM_INFINITY)
    return SIZE_MAX;
  auto all = static_cast<size_t>(now.rlim_cur);
  return all - std::min(all, limits::descriptors_kept);
}

size_t idle_connections_of_a_loop(size_t files, size_t loops) noexcept {
  auto most = std::min(limits::idle_connections_all_max,
                       files / limits::idle_connections_files_part);
  return std::max<size_t>(1, most / loops);
}

} // namespace byollm
