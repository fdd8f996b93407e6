// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/byollm.hpp"
#include "app/runtime/admission.hpp"
#include "app/runtime/core.hpp"
#include "app/runtime/named_calls.hpp"
#include "messages/ports/caller.hpp"

#include <atomic>
#include <mutex>
#include <optional>

namespace byollm {

/// Made before a call is started, on the thread that does: while it lives, a
/// caller that is dropped here is answered elsewhere, so that no host is called
/// back inside of its call.
class call_start {
public:
  explicit call_start(std::weak_ptr<runtime_core> core) noexcept;
  call_start(const call_start&) = delete;
  call_start& operator=(const call_start&) = delete;
  ~call_start();

  /// The one of this thread, or null.
  static const call_start* here() noexcept;

  core_ptr core() const noexcept {
    return core_.lock();
  }

private:
  std::weak_ptr<runtime_core> core_;
  const call_start* before_;
};

/// The host's side of a call: passes pieces on by credit and the reply exactly
/// once. Holds the call's place in admission until then, and its name until the
/// call is over. What the host's callbacks throw goes no further: `on_delta`
/// ends its call with `handler_failed`, `on_done` is over, and both are logged.
class host_caller final : public caller_port {
public:
  /// `call` is its id; `name` is nothing unless the caller chose that.
  host_caller(std::string call, stream_callbacks to, admission::place held,
              std::optional<named_calls::name> name);

  /// Answers `unavailable` if nobody answered: a dropped message is not
  /// silence.
  ~host_caller() override;

  /// Says how the call is ended if `on_delta` throws; before it begins.
  void ends_by(std::function<void()> end) {
    end_ = std::move(end);
  }

  void on_delta(delta piece) override;
  bool wants_more() const noexcept override;
  void when_ready(std::function<void()> resume) override;
  void on_early_reply(failure why) override;
  void on_reply(expected<message_reply> reply) override;

  /// The host wants more; any thread.
  void resume();

  /// The host wants no answer any more; any thread.
  void cancel() noexcept {
    cancelled_.store(true);
  }

  bool is_cancelled() const noexcept {
    return cancelled_.load();
  }

private:
  void free();
  flow pass_on(const delta& piece);
  void answer(expected<message_reply> reply);

  const std::string call_;
  stream_callbacks to_;
  std::optional<admission::place> place_;
  std::optional<named_calls::name> name_;
  std::function<void()> end_;
  std::atomic<bool> threw_{false};
  std::atomic<bool> cancelled_{false};
  std::atomic<bool> replied_{false};
  std::atomic<bool> paused_{false};
  std::mutex mutex_;
  uint64_t resumes_ = 0;
  std::function<void()> waiting_;
};

/// Tells whoever would get an answer why there is none: as an answer comes, not
/// inside of the call, where a host may hold a lock that its callback takes.
void refuse(const core_ptr& core, stream_callbacks to, failure why);

} // namespace byollm
