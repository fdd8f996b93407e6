// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/store/ledger_scan.hpp"

#include <functional>

namespace byollm {

/// Is told each record that verified, with the tree over it and all before.
using grown_fn = std::function<void(const tree_edge& tree)>;

/// Reads the ledger's batches from the verifier's edge on, up to record `size`,
/// record by record and root by root; at most `budget` records. Returns whether
/// there is more. What is wrong is in the verifier. Errors: the store's.
expected<bool> walk_batches(ledger_scan& scan, ledger_verifier& verifier,
                            uint64_t size, size_t budget,
                            const grown_fn& grown = {});

} // namespace byollm
