// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/byollm.hpp"
#include "app/runtime/admission.hpp"
#include "messages/ports/caller.hpp"

#include <atomic>
#include <mutex>
#include <optional>

namespace byollm {

/// The host's side of a call: passes pieces on by credit and the reply exactly
/// once, and holds the call's place in admission until then.
class host_caller final : public caller_port {
public:
  host_caller(stream_callbacks to, admission::place held);

  /// Answers `unavailable` if nobody answered: a dropped message is not
  /// silence.
  ~host_caller() override;

  void on_delta(delta piece) override;
  bool wants_more() const noexcept override;
  void when_ready(std::function<void()> resume) override;
  void on_reply(expected<message_reply> reply) override;

  /// The host wants more; any thread.
  void resume();

private:
  stream_callbacks to_;
  std::optional<admission::place> place_;
  std::atomic<bool> replied_{false};
  std::atomic<bool> paused_{false};
  std::mutex mutex_;
  uint64_t resumes_ = 0;
  std::function<void()> waiting_;
};

} // namespace byollm
