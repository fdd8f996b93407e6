// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/ledger.hpp"
#include "tests/e2e/faults/wire.hpp"
#include "tests/support/scripted_upstream.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

/// What goes wrong at a user's LLM, and what shall come of it: by
/// cascade.md's rules and its retry matrix, not by what the code does.
namespace byollm::test {

using wire::tongue;

/// What the user's own LLM says when it is well, and its first piece.
inline constexpr std::string_view own_text = "Hello from my own.";
inline constexpr std::string_view own_piece = "Hello";
/// What the platform's says.
inline constexpr std::string_view platform_text = "The platform speaks.";

/// Ends the waits of an upstream that is slow.
inline constexpr const char* go_on = "go on";

/// How an attempt ends that fails.
struct ending {
  errc error = errc::none;
  unsigned http_status = 0;
  std::string provider_code = {};
  std::string provider_type = {};
  call_status status = call_status::rejected;
  certainty sent = certainty::yes;
  std::optional<std::chrono::milliseconds> retry_after = {};
};

/// What shall come of a call.
struct verdict {
  /// How each attempt at the user's LLM ends that fails, and how many do.
  ending fails = {};
  size_t times = 1;
  /// The user's own LLM answers then.
  bool recovers = false;
  /// Otherwise, if the user consented, the platform's is asked.
  bool moves_on = false;
  /// What a stream's reader has when the call fails.
  std::string seen = {};
  /// Of the user's own answer.
  std::string text{own_text};
  stop_reason stop = stop_reason::end_turn;
  /// The call takes at least that long.
  std::chrono::milliseconds waits{0};
};

/// What a user's upstream does, and what shall come of it.
struct scene {
  /// None: nobody listens.
  std::vector<upstream_script> scripts = {};
  verdict shall = {};
  /// The caller gives it little time.
  bool is_urgent = false;
};

struct fault {
  std::string name;
  /// Returns no scene where a dialect, or a whole answer, has no such thing.
  std::function<std::optional<scene>(tongue in, bool stream)> play;
  /// It is about a time-out, which is short then.
  bool needs_haste = false;
  /// The call ends only after `go_on`.
  bool needs_patience = false;
  /// The conversation ends with the assistant's words, and the platform's LLM
  /// refuses that.
  bool platform_refuses = false;
};

/// The provider answers, with a refusal or a failure.
std::vector<fault> refusals();

/// The connection, or the answer on it, breaks, stops or is slow.
std::vector<fault> breaks();

std::vector<fault> all_faults();

} // namespace byollm::test
