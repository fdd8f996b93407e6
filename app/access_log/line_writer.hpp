// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/access_log/line_place.hpp"
#include "messages/ports/log.hpp"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace byollm {

/// Writes lines on a thread of its own, so that nobody who has one waits for a
/// disk. Not more than limits::access_queue_bytes wait: what is beyond is lost,
/// counted, and told, in the log and where the lines should have been.
class line_writer {
public:
  /// Says in a line that so many are missing.
  using lost_line_fn = std::function<std::string(uint64_t lost)>;

  line_writer(lost_line_fn lost_line, log_fn log);

  /// Writes what waits, for limits::access_end_patience at most.
  ~line_writer();

  /// Has the lines from now on written to `place`, or nowhere. Those before go
  /// where they should have gone. Thread: one.
  void use(line_place place);

  /// Hands over a line, without its end. Thread: any; does not wait.
  void write(std::string_view line);

  /// Whether all that was handed over is written, or lost. Thread: any.
  bool is_idle();

private:
  using clock = std::chrono::steady_clock;

  /// Lines for one place.
  struct part {
    /// Not open: the place is that of the part before.
    line_place place;
    bool is_new_place = false;
    std::string text;
    /// Lines that found no room, after `text`.
    uint64_t lost = 0;
  };

  void run();
  std::vector<part> take();
  bool has_news() const;
  bool has_much() const;
  void put(part next);
  bool put(std::string& text);
  bool put_all(std::string& text);
  void put_last_losses();
  void lose(uint64_t lines) noexcept;
  void tell_losses(bool is_last);
  bool is_out_of_patience();

  const lost_line_fn lost_line_;
  const log_fn log_;

  std::mutex mutex_;
  std::condition_variable news_;
  std::vector<part> waiting_;
  bool is_writing_ = false;
  bool is_over_ = false;
  clock::time_point over_at_ = {};

  // -- the writer's own -------------------------------------------------------
  line_place place_;
  /// The last line there has no end.
  bool is_torn_ = false;
  bool has_failed_ = false;
  /// Lines that are lost and not told at that place, and not in the log.
  uint64_t missing_ = 0;
  uint64_t untold_ = 0;
  clock::time_point told_at_ = {};

  std::thread thread_;
};

} // namespace byollm
