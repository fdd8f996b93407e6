// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "../expected.hpp"
#include "../reply.hpp"

#include <functional>

namespace byollm {

/// Whoever asked for a message: the host's callback, a stream, a test.
class caller_port {
public:
  virtual ~caller_port() = default;

  /// Takes the next piece of a streamed answer; on the call's loop thread. A
  /// piece after an answer is dropped: who cancels, or has a dying turn, is
  /// answered before the provider can be stopped.
  virtual void on_delta(delta piece) = 0;

  /// Returns whether more pieces are welcome.
  virtual bool wants_more() const noexcept = 0;

  /// Asks to be told, once and from any thread, when `wants_more` turned true.
  virtual void when_ready(std::function<void()> resume) = 0;

  /// An answer while the call is still under way: its id stays in use until
  /// `on_reply`, or for ever if nobody lives to tell that the call is over.
  virtual void on_early_reply(failure why) = 0;

  /// The end. Implementations pass on the first answer only, so that a dying
  /// actor may settle what it cannot know to be settled.
  virtual void on_reply(expected<message_reply> reply) = 0;
};

} // namespace byollm
