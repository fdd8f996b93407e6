// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "actors/actor.hpp"
#include "messages/ports/provider.hpp"

#include <memory>

namespace byollm {

/// Stands between a provider port and the caller: pieces pass straight through
/// on the loop, the end becomes a message to the TURN. Holds it weakly, so that
/// a running attempt keeps no dead actor alive. Dropped before the end, by
/// whichever actor died with it, it reports that the attempt is lost.
class relay final : public attempt_sink {
public:
  relay(const turn_actor& turn, shared<intent_receipt> receipt,
        std::shared_ptr<caller_port> caller);

  relay(const relay&) = delete;
  relay& operator=(const relay&) = delete;

  ~relay() override;

  void on_delta(delta piece) override;

  bool wants_more() const noexcept override;

  void when_ready(std::function<void()> resume) override;

  void on_done(attempt_outcome outcome) override;

private:
  caf::weak_actor_ptr turn_;
  shared<intent_receipt> receipt_;
  std::shared_ptr<caller_port> caller_;
  bool caller_saw_bytes_ = false;
  bool is_done_ = false;
};

} // namespace byollm
