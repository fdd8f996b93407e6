// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/ledger.hpp"

#include <cstddef>
#include <vector>

namespace byollm::load {

/// The intent of call `number`, as a chat turn writes it. Thread: any.
intent_record make_intent(size_t number);

/// The outcome of call `number`. Thread: any.
outcome_record make_outcome(size_t number);

/// `records` records from number `first` on: half intents, half their outcomes,
/// as a ledger of calls has them.
std::vector<ledger_entry> make_batch(size_t first, size_t records);

} // namespace byollm::load
