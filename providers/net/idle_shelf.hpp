// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/ports/alarm.hpp"
#include "providers/net/channel.hpp"

#include <cstddef>
#include <list>

namespace byollm::net {

/// Whose connections wait on a shelf.
class idle_owner {
public:
  virtual ~idle_owner() = default;

  /// Closes the one of its connections that has waited longest, and takes it
  /// off the shelf.
  virtual void close_oldest() noexcept = 0;
};

/// The connections of all ports of one loop that wait for their next call. Each
/// is a file of the process, and users of whom each has a key of their own have
/// many. Thread: the loop's.
class idle_shelf {
public:
  using time_point = alarm_clock::time_point;

  struct connection {
    idle_owner* whose;
    channel_ptr channel;
    time_point since;
  };

  /// Where a connection is, the longest that waits first.
  using place = std::list<connection>::iterator;

  /// Holds `most` connections, of which there is at least one.
  explicit idle_shelf(size_t most) noexcept : most_(most) {
    // nop
  }

  /// Puts a connection behind all others; the first one goes if there are too
  /// many.
  place add(connection more);

  /// Takes a connection off.
  connection take(place from);

  /// Has whoever owns the connection that has waited longest close it. Returns
  /// whether there was one.
  bool close_oldest() noexcept;

  size_t size() const noexcept {
    return all_.size();
  }

private:
  const size_t most_;
  std::list<connection> all_;
};

} // namespace byollm::net
