// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/ports/alarm.hpp"

#include <boost/asio/io_context.hpp>

#include <deque>
#include <memory>

namespace byollm::http {

class session;

/// Connections of one loop whose next request has come and is not read yet.
/// They get turns, and between two turns runs what else is ready on the loop:
/// a step of what is under way waits for one turn of what is new, not for all
/// of it. Who was turned away last lets the others go first, and comes at a
/// pace that leaves the loop to them (docs/adr/0041).
/// Thread: the loop.
class arrivals : public std::enable_shared_from_this<arrivals> {
public:
  /// `clock` outlives it.
  arrivals(boost::asio::io_context& loop, alarm_clock& clock)
      : loop_(loop), clock_(clock) {
    // nop
  }

  /// Has `came` read its request later. Not again before it does.
  void add(std::shared_ptr<session> came);

  /// Forgets who came.
  void clear() noexcept;

private:
  using time_point = alarm_clock::time_point;
  using queue = std::deque<std::shared_ptr<session>>;

  void take_turn();
  void let_in_welcome();
  void let_in_turned_away();
  static bool let_first_in(queue& of);
  /// Since when tokens are not used; they do not pile up for ever.
  time_point used_from() const noexcept;
  bool has_token() const noexcept;
  void ask_for_turn();
  void wait_for_token();

  boost::asio::io_context& loop_;
  alarm_clock& clock_;
  queue welcome_;
  queue turned_away_;
  bool has_asked_ = false;
  alarm_clock::alarm_id alarm_ = 0;
  time_point used_until_ = {};
};

} // namespace byollm::http
