// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/owner/operations.hpp"
#include "app/process/stop_signals.hpp"

#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

namespace byollm::cli {

/// Carries an operation's lines from the runtime's threads to the main thread,
/// which may print slowly: beyond `queued_max` the stream is paused.
class line_queue {
public:
  static constexpr size_t queued_max = 256u << 10;

  line_queue();
  line_queue(const line_queue&) = delete;
  line_queue& operator=(const line_queue&) = delete;
  ~line_queue();

  /// Takes a line. Thread: any.
  flow push(std::string line, bool last);

  /// Passes lines of `from` to `on_line` until the last. A signal cancels
  /// `from` once; its last line still comes. Thread: one.
  void drain(owner::operation& from,
             const std::function<void(std::string_view)>& on_line,
             const stop_signals& stop);

private:
  bool pop(std::string& line, bool& resume);
  bool ended();

  int event_fd_;
  std::mutex mutex_;
  std::deque<std::string> lines_;
  size_t queued_ = 0;
  bool paused_ = false;
  bool ended_ = false;
};

} // namespace byollm::cli
