// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/runtime/runtime_impl.hpp"

namespace byollm {

/// What drives a runtime from inside, where a host's calls and threads would
/// be in the way: the daemon and the load harness. Not exported, not installed.
/// Ownership: refers to parts of the runtime; use nothing of it after `stop`.
class runtime_internals {
public:
  explicit runtime_internals(const runtime& from) : impl_(*from.impl_) {
    // nop
  }

  caf::actor_system& system() const {
    return *impl_.system;
  }

  size_t loops() const noexcept {
    return impl_.lanes.size();
  }

  boost::asio::io_context& io(size_t loop) const {
    return impl_.pool.at(loop);
  }

  const turn_desk_actor& desk(size_t loop) const {
    return impl_.lanes[loop].desk;
  }

  /// Thread: that loop's.
  alarm_clock& clock(size_t loop) const {
    return *impl_.lanes[loop].clock;
  }

  const std::shared_ptr<admission>& gate() const {
    return impl_.core->gate;
  }

  /// Takes over what of `options` can change while it runs: how many calls may
  /// run, and how long replaced keys are used. Thread: any.
  void change(const runtime_options& options) const {
    impl_.change(options);
  }

private:
  runtime::impl& impl_;
};

} // namespace byollm
