// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cascade.hpp"
#include "ledger.hpp"
#include "ports/caller.hpp"
#include "ports/provider.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace byollm {

/// What a chat turn pinned, and what that means for its calls.
struct pinned_turn {
  call_context_ptr context = {};
  std::shared_ptr<const resolution> on = {};
  answerer who = answerer::user;
  std::string provider = {};
  std::string model = {};
  bool is_byollm = false;
  /// Why nobody will answer; `errc::none` if somebody will.
  failure nobody = {};
};

/// One call inside a turn.
struct call_order {
  std::string call = {};
  std::shared_ptr<const create_message_request> request = {};
  bool stream = false;
  std::shared_ptr<caller_port> to = {};
  std::chrono::steady_clock::time_point deadline = {};
  int64_t received_unix_ms = 0;
  int64_t deadline_unix_ms = 0;
  call_kind kind = call_kind::message;
  /// With `embeddings`; the request has no messages then.
  std::shared_ptr<const embedding_input> embed = {};
  /// One attempt at the LLM that was pinned: no retry, no other LLM.
  bool single = false;
};

/// A call, or an attempt's tokens, on what its extension's policy allows.
struct allowance_use {
  call_context_ptr context = {};
  std::shared_ptr<const extension_policy> policy = {};
  uint64_t tokens = 0;
};

/// Asks the cascade for the next attempt.
struct plan_query {
  std::shared_ptr<const resolution> on = {};
  std::shared_ptr<const create_message_request> request = {};
  std::vector<failed_attempt> failed = {};
  std::chrono::milliseconds remaining{0};
  /// In [0, 1): where in its jitter window a delay falls.
  double jitter = 0;
  /// The moment whose prices count.
  int64_t received_unix_ms = 0;
  call_kind kind = call_kind::message;
  bool single = false;
  /// Whether the tenant has a retry left.
  bool may_retry = true;
};

/// One attempt on its way to a provider port. A sink that dies without its
/// `on_done` reports the attempt as lost, so an order that reaches nobody has
/// an end, too.
struct attempt_order {
  provider_call call = {};
  std::shared_ptr<attempt_sink> to = {};
  /// Somebody tests this LLM, so it is asked however it fared before.
  bool is_test = false;
};

/// An attempt's outcome, and whether the caller saw a byte of it.
struct attempt_report {
  attempt_outcome outcome = {};
  bool caller_saw_bytes = false;
};

} // namespace byollm
