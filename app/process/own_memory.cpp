// SPDX-License-Identifier: Apache-2.0
#include "app/process/own_memory.hpp"

#include <iostream>

#include <sys/prctl.h>
#include <sys/resource.h>

namespace byollm {

void keep_memory_to_ourselves() {
  constexpr rlimit none{0, 0};
  if (::setrlimit(RLIMIT_CORE, &none) != 0
      || ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
    std::cerr << "core dumps could not be switched off\n";
}

} // namespace byollm
