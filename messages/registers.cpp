// SPDX-License-Identifier: Apache-2.0
#include "registers.hpp"

namespace byollm {

#ifdef __x86_64__

void wipe_registers() noexcept {
  if (__builtin_cpu_supports("avx"))
    asm volatile("vzeroall" ::
                   : "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6",
                     "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13",
                     "xmm14", "xmm15");
  // The upper half, which glibc copies with where there is one. No compiler
  // keeps anything there in code that is built for every x86-64.
  if (__builtin_cpu_supports("avx512vl"))
    asm volatile(".irp n, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, "
                 "29, 30, 31\n\tvpxorq %%xmm\\n, %%xmm\\n, %%xmm\\n\n\t.endr" ::
                   :);
}

#else

void wipe_registers() noexcept {
  // nop
}

#endif

} // namespace byollm
