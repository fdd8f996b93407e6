// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/ports/store.hpp"
#include "messages/settings.hpp"

#include <string>

namespace byollm {

// What the ledger says of a change of settings. No text holds a key: a key is
// told by its version.

/// Returns who made a change; a host that names nobody made it itself.
std::string who_acts(const std::string& actor);

/// Returns "llm" or "second_choice".
std::string text_of(platform_change::part what);

/// Returns provider, model, base URL and the key's version.
std::string text_of(const stored_user_config& llm);

/// Returns which of the platform's it is, what it is, and whether it is off.
std::string text_of(platform_change::part what, const stored_user_config& llm);

/// Returns whose parameters were set, and every value.
std::string text_of(const platform_change::parameter_entry& entry);

/// Returns whose policy was set, and every bound.
std::string text_of(const platform_change::policy_entry& entry);

/// Returns how many certificates there are, and their fingerprint.
std::string text_of(const ca_bundle& trust);

/// Returns the rules that were set.
std::string text_of(const platform_change::policy& rules);

} // namespace byollm
