// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/http/arrivals.hpp"
#include "app/http/server.hpp"

#include "messages/ports/alarm.hpp"
#include "messages/shared_room.hpp"
#include "providers/net/loop_alarm.hpp"

#include <boost/asio/io_context.hpp>

#include <atomic>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace byollm::http {

class session;

/// What all loops of one server share. Thread-safe; `options` do not change.
class site {
public:
  explicit site(server_options chosen)
      : options(std::move(chosen)), bodies(options.bounds.bodies_bytes) {
    // nop
  }

  /// Makes the answer to a refusal.
  answer refuse(int status, std::string_view why, const request* head) const;

  /// Calls `drained` when the last connection is closed.
  void drain(std::function<void()> drained);

  /// Whether `options.on_end` is told of requests that begin now.
  bool keeps_records() const noexcept {
    return keeps_records_.load(std::memory_order_relaxed);
  }

  void keep_records(bool wanted) noexcept {
    keeps_records_ = wanted && options.on_end;
  }

  bool is_draining() const noexcept {
    return is_draining_;
  }

  void opened() noexcept {
    ++connections;
  }

  void closed();

  void tell_if_drained();

  const server_options options;
  std::atomic<size_t> connections = 0;
  std::atomic<size_t> exchanges = 0;
  shared_room bodies;

private:
  std::atomic<bool> is_draining_ = false;
  std::atomic<bool> keeps_records_ = false;
  std::mutex mutex_;
  std::function<void()> drained_;
};

/// One loop's part of a server. Thread: its loop, except the constructor.
class lane {
public:
  using names = std::vector<std::string>;

  lane(boost::asio::io_context& on, alarm_clock* given,
       std::shared_ptr<site> with)
      : loop(on),
        own_clock_(on),
        clock(given ? *given : own_clock_),
        shared(std::move(with)),
        arriving(std::make_shared<arrivals>(on, clock)),
        own_hosts(
          std::make_shared<const names>(shared->options.allowed_hosts)) {
    // nop
  }

  /// Closes the connections that wait for a request; the others close after
  /// their answer.
  void retire();

  /// Closes all connections.
  void cut();

  /// Closes the connection that has waited longest for a request's head.
  /// Returns whether there was one.
  bool make_room();

  boost::asio::io_context& loop;

private:
  loop_alarm own_clock_;

public:
  alarm_clock& clock;
  std::shared_ptr<site> shared;
  std::shared_ptr<arrivals> arriving;
  /// Never null.
  std::shared_ptr<const names> own_hosts;
  /// Every open connection of this loop: those that wait for a request's head,
  /// the longest first, and the others.
  std::list<std::shared_ptr<session>> waiting;
  std::list<std::shared_ptr<session>> busy;
  /// After `cut` none are taken.
  bool is_cut = false;
};

} // namespace byollm::http
