// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/store/anchor.hpp"
#include "messages/ports/log.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

namespace byollm {

/// Writes checkpoints to anchors on a thread of its own, so that a slow or
/// broken place holds nobody up. What cannot be written waits (the newest
/// `limits::anchors_waiting_max`) and is tried again every
/// `limits::anchor_retry`; with nothing to write the thread sleeps. The
/// destructor tries what waits once more. Thread-safe.
class anchor_keeper {
public:
  anchor_keeper(std::vector<std::unique_ptr<anchor>> places, log_fn log);
  anchor_keeper(const anchor_keeper&) = delete;
  anchor_keeper& operator=(const anchor_keeper&) = delete;
  ~anchor_keeper();

  /// Takes a checkpoint for every place.
  void add(const std::string& line);

  size_t places() const noexcept {
    return places_.size();
  }

  /// The first failure of a place that fails; success if none does.
  status health() const;

  // -- before the first `add`; blocks on the places ---------------------------

  /// Calls `use` with each place's newest checkpoint; one that cannot be read
  /// is logged, and counts as empty.
  void each_newest(
    std::span<const note_key> known,
    const std::function<void(size_t place, const std::optional<checkpoint>&)>&
      use);

  /// Takes a checkpoint that one place missed.
  void add_to(size_t place, std::string line);

private:
  struct kept_place {
    std::unique_ptr<anchor> to;
    std::deque<std::string> waiting = {};
    status health = unit{};
  };

  void push(kept_place& place, std::string line);
  void run();
  void write_waiting(std::unique_lock<std::mutex>& guard);
  void note(kept_place& place, const status& how);
  bool has_waiting() const;

  log_fn log_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<kept_place> places_;
  bool added_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

} // namespace byollm
