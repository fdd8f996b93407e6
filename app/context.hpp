// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "../messages/ports/log.hpp"
#include "../messages/reply.hpp"
#include "pending.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace byollm {

/// A place among the calls in flight, see `runtime::take_place`. Given back
/// with its last copy, unless a call has it.
class call_place;
using call_place_ptr = std::shared_ptr<call_place>;

/// Opens a chat turn. Names are 1 to 128 bytes of `[A-Za-z0-9._:@-]`; encode
/// others, so that two of yours stay two of ours (docs/embedding.md).
struct turn_request {
  std::string tenant = {};
  std::string user = {};
  std::string extension = {};
  turn_origin origin = {};
  /// Names the turn; empty: we make a UUIDv7.
  std::string id = {};
  /// For the turn's first call; null: it takes one itself.
  call_place_ptr place = {};
  /// What its calls are part of that come without a trace; left out if it
  /// breaks the recommendation.
  trace_headers trace = {};
};

/// What a stream's receiver answers to each piece.
enum class flow : uint8_t {
  more,  ///< Go on.
  pause, ///< Read nothing more from the provider until `call::resume`.
};

/// Receives a streamed answer. Called on a loop thread, so it must not block,
/// and never inside of the call that it was given to, also where that is
/// refused at once: whoever asks may hold a lock that these take. Once the
/// runtime has stopped, a thread of no runtime may tell `stopping`. They should
/// not throw: what `on_delta` throws cancels the call, whose answer is then
/// `handler_failed`; what `on_done` throws goes no further. Both are logged.
struct stream_callbacks {
  std::function<flow(const delta& piece)> on_delta;
  /// Called exactly once, after the outcome is durable.
  std::function<void(expected<message_reply>)> on_done;
};

/// A running call. Copies refer to the same call; dropping them lets it run.
/// Thread-safe.
class BYOLLM_API call {
public:
  /// Ends the call with `errc::cancelled`; its socket is closed.
  void cancel() const;

  /// Goes on after `flow::pause`.
  void resume() const;

  const std::string& id() const noexcept;

  struct impl;
  explicit call(std::shared_ptr<impl> self) : impl_(std::move(self)) {
    // nop
  }

private:
  std::shared_ptr<impl> impl_;
};

/// The LLM that answers in one chat turn: the user's own, else the platform's.
/// Who that is was decided when the turn was opened and stays. Thread-safe.
class BYOLLM_API llm_accessor {
public:
  /// "anthropic", "openai", "local-ollama"; empty if nobody answers.
  const std::string& provider() const noexcept;

  const std::string& model() const noexcept;

  /// Whether the user's own LLM answers.
  bool is_byollm() const noexcept;

  /// Whether a call may name another model of the provider.
  bool may_name_model() const noexcept;

  /// Asks for a whole answer. The reply arrives after its outcome is durable.
  /// Errors: every `errc`; `failure::sent` tells whether the provider was
  /// asked.
  pending<message_reply> create_message(create_message_request request) const;

  /// The same with a callback, which is called as `stream_callbacks` are.
  call create_message(create_message_request request,
                      std::function<void(expected<message_reply>)> done) const;

  /// Asks for an answer that arrives in pieces.
  call stream(create_message_request request, stream_callbacks to) const;

  /// Asks for a vector of each text: `message_reply::vectors`. Errors: as for
  /// `create_message`, and `unsupported`; another LLM is never asked instead,
  /// because vectors of different models do not compare.
  pending<message_reply> embed(embed_request request) const;

  /// The same with a callback, which is called as `stream_callbacks` are.
  call embed(embed_request request,
             std::function<void(expected<message_reply>)> done) const;

  /// Counts the tokens of a request, at the provider:
  /// `message_reply::counted_tokens`. Nothing is generated, and no other LLM is
  /// asked instead. Errors: as for `create_message`, and `unsupported`.
  pending<message_reply> count_tokens(create_message_request request) const;

  /// The same with a callback, which is called as `stream_callbacks` are.
  call count_tokens(create_message_request request,
                    std::function<void(expected<message_reply>)> done) const;

  /// Asks the LLM that answers for the models that its key may use, at most
  /// `limits::models_max`. A call like any other: recorded, bounded, retried.
  pending<std::vector<std::string>> models(trace_headers trace = {}) const;

  struct impl;
  explicit llm_accessor(std::shared_ptr<impl> self) : impl_(std::move(self)) {
    // nop
  }

private:
  friend class context_internals;
  std::shared_ptr<impl> impl_;
};

/// What an extension's code gets for one chat turn: bound to tenant, user and
/// extension, which it cannot change. The turn ends when the last copy is gone.
/// Thread-safe.
class BYOLLM_API context {
public:
  llm_accessor llm() const;

  const identity& who() const noexcept;

  const std::string& turn() const noexcept;

  /// What the turn is part of, for what else is done in it; empty: nobody said.
  const trace_headers& trace() const noexcept;

  /// Records that this turn was refused before its function ran, and why, as
  /// status `validation_rejected` (by that code) or `refused`; arrives once
  /// that is durable. Errors: `audit_unavailable`, `stopping`.
  pending<unit> reject(failure why) const;

  /// Writes a structured line with who and turn added.
  void log(log_level level, std::string_view text,
           log_fields fields = {}) const;

  explicit context(std::shared_ptr<llm_accessor::impl> self)
      : impl_(std::move(self)) {
    // nop
  }

private:
  friend class context_internals;
  std::shared_ptr<llm_accessor::impl> impl_;
};

} // namespace byollm
