// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "../chat.hpp"
#include "../receipts.hpp"
#include "../reply.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>

namespace byollm {

/// One attempt to have one call answered. The receipt inside the ticket proves
/// that its intent is durable.
struct provider_call {
  lease_ticket_ptr ticket; ///< Target, key and receipt; redeemed by the port.
  std::shared_ptr<const create_message_request> request;
  /// Replaces the target's model; empty keeps it.
  std::string model = {};
  /// The effective parameters; those in `request` are not looked at.
  parameters params = {};
  /// Whether to ask the provider for a stream.
  bool stream = false;
  std::chrono::steady_clock::time_point deadline = {};
  /// With `models`, neither request nor parameters are looked at; with
  /// `embeddings` only the request's metadata and `embed`.
  call_kind kind = call_kind::message;
  std::shared_ptr<const embedding_input> embed = {};
  /// In the place of the caller's, if it is not empty.
  std::string traceparent = {};
};

/// How an attempt ended.
struct attempt_outcome {
  /// `errc::none`: `reply` is whole. Otherwise what was received before the
  /// failure is in `reply.content`.
  failure why = {};
  message_reply reply = {};
  certainty sent = certainty::no;
  /// From the request's first byte written to the answer's first byte read.
  std::optional<std::chrono::microseconds> first_byte = {};
  /// From there to the first piece of a streamed answer that a reader would
  /// call its content: text, a thought, a tool use. Servers may send a head,
  /// and say that they are at work, long before it.
  std::optional<std::chrono::microseconds> first_token = {};
  std::chrono::microseconds latency{0};
};

/// Receives one attempt's answer. All calls come from the port's loop thread.
class attempt_sink {
public:
  virtual ~attempt_sink() = default;

  /// Takes the next piece of a streamed answer. Never called after `on_done`.
  virtual void on_delta(delta piece) = 0;

  /// Returns whether more pieces are welcome. While it says no, the port reads
  /// nothing more from the socket and holds no more than one read buffer.
  virtual bool wants_more() const noexcept = 0;

  /// Asks to be told, once and from any thread, when `wants_more` turned true.
  virtual void when_ready(std::function<void()> resume) = 0;

  /// The end; called exactly once.
  virtual void on_done(attempt_outcome outcome) = 0;
};

/// The connections of one isolation key on one loop. A connection carries one
/// credential in its life.
/// Thread: all methods on the loop thread the port was made for.
class provider_port {
public:
  virtual ~provider_port() = default;

  /// Starts an attempt and returns at once; `sink` gets exactly one `on_done`,
  /// never from inside `start`. Ownership: keeps `sink` until then.
  virtual void start(provider_call call, std::shared_ptr<attempt_sink> sink)
    = 0;

  /// Ends the attempt of `receipt` with `errc::cancelled`, with no further
  /// piece; no effect if it ended before. An answer that the platform pays is
  /// read on for its usage first (limits::cancelled_drain_time_max and
  /// ..._bytes_max); otherwise now. Then its socket closes.
  virtual void cancel(const intent_receipt& receipt) = 0;

  /// Ends what is read on for its usage, and from now on each cancelled attempt
  /// at once: the runtime stops.
  virtual void hurry() = 0;

  /// Says whether connections are kept for another call. If not, those that
  /// are idle close now: another port has this one's place.
  virtual void keep_connections(bool keep) = 0;

  /// Ends every attempt with `why` and closes every connection, for good.
  virtual void close(const failure& why) = 0;

  /// Attempts that have begun and not ended.
  virtual size_t in_flight() const noexcept = 0;
};

/// Makes ports for one loop; outlives them.
class provider_factory {
public:
  virtual ~provider_factory() = default;

  /// Returns a port for `target`'s isolation key. Errors: `invalid_config` if
  /// the provider is not in the catalog, `tls_failed` if no trust store can be
  /// made.
  virtual expected<std::unique_ptr<provider_port>>
  make(const llm_target& target) = 0;
};

} // namespace byollm
