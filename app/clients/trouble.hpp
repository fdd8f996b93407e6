// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/errors.hpp"

#include <cstdint>
#include <string>

namespace byollm::clients {

/// The kinds of failures that clients tell apart, whatever the dialect.
enum class trouble : uint8_t {
  request,   ///< It is malformed, or nobody can say it.
  key,       ///< Ours, or the one that is configured, is no good.
  money,     ///< Somebody's account is empty.
  forbidden, ///< A policy, or the provider, does not allow it.
  missing,   ///< There is no such thing.
  model,     ///< There is no such model.
  conflict,  ///< It was asked before, or things changed.
  size,      ///< The body is too large.
  length,    ///< The conversation is too long for the model.
  content,   ///< The provider refuses what it says.
  pace,      ///< Slow down.
  busy,      ///< Somebody is overloaded; come again.
  closed,    ///< We cannot answer now.
  late,      ///< It took too long.
  fault,     ///< The provider, or the way to it, failed.
  cancelled  ///< The caller ended it.
};

trouble trouble_of(errc code) noexcept;

/// The same for what the HTTP server refuses.
trouble trouble_of_status(int status) noexcept;

/// Whether asking again would be wrong: it would fail the same way, or pay
/// twice for one answer.
bool is_final(const failure& why) noexcept;

/// What a person reads.
std::string message_of(const failure& why);

} // namespace byollm::clients
