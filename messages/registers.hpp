// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "api.hpp"

namespace byollm {

/// Clears the vector registers, in which copying, encrypting and comparing
/// leave up to 32 bytes of what they worked on: the next lazily bound call or
/// signal would write them to the stack. For those who just handled a key. Does
/// nothing on processors other than x86-64. Thread: any.
BYOLLM_API void wipe_registers() noexcept;

} // namespace byollm
