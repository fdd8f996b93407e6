// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/byollm.hpp"

namespace byollm::demo {

/// A small chat on the terminal until end of input. Failures of a turn are
/// printed and the chat goes on.
void chat(const runtime& rt);

} // namespace byollm::demo
