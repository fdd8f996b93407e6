// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/store/long_read.hpp"
#include "messages/reader.hpp"

namespace byollm {

/// What becomes of a read that nobody waits for any more.
failure nobody_waits();

/// Returns `what`, which ends with whatever slice comes next once `gone` is
/// set.
std::unique_ptr<long_read> while_wanted(std::unique_ptr<long_read> what,
                                        gone_flag gone);

} // namespace byollm
