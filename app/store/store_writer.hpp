// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/store/engine.hpp"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace byollm {

/// The queue in front of the engine and the thread behind it. Each round of the
/// thread is one commit of all that waits, all short requests, and one slice of
/// one long read; checkpoints are made in between. Lives until both its owner
/// and its thread have let go: a thread that the disk does not give back is
/// left behind.
class store_writer {
public:
  using task = std::function<void(store_engine&)>;
  using refusal = std::function<void(failure)>;

  /// What a task asks of the disk.
  enum class task_kind : uint8_t { reads, commits };

  /// How long a step may take before `health` tells that the disk hangs.
  struct bounds {
    std::chrono::milliseconds commit;
    std::chrono::milliseconds read;
  };

  /// `encoder` encodes what is appended.
  static std::shared_ptr<store_writer>
  start(std::unique_ptr<store_engine> engine, record_encoder encoder,
        bounds may_take);

  // -- from any thread --------------------------------------------------------

  /// Encodes the batch here and now, so that the disk need not wait for it.
  void append(std::vector<ledger_entry> batch,
              std::function<void(expected<uint64_t>)> done);

  /// Calls `work` on the writer thread, or `refuse` if that was left behind.
  void post(task_kind kind, task work, refusal refuse);

  // -- from tasks -------------------------------------------------------------

  /// The read gets its slices in turn with others.
  void add_read(std::unique_ptr<long_read> read);

  // -- from any thread --------------------------------------------------------

  status health() const;
  seal_state seals() const;
  ledger_counts counts() const;

  /// Finishes what was asked before and ends the thread. Once that made no
  /// progress for `patience` it is left behind: everybody who waits in front of
  /// it hears `stopping`, and the result is false.
  bool close(std::chrono::milliseconds patience);

private:
  using clock = std::chrono::steady_clock;

  struct job {
    task_kind kind;
    task work;
    refusal refuse;
  };

  struct round {
    std::vector<append_request> group;
    std::vector<append_request> refused;
    size_t jobs = 0;
  };

  store_writer(std::unique_ptr<store_engine> engine, record_encoder encoder,
               bounds may_take);

  // -- any thread -------------------------------------------------------------

  expected<uint64_t> reserve(size_t records);
  status encode(append_request& request, uint64_t first_seq);

  // -- the writer thread ------------------------------------------------------

  void run();
  bool wait(round& next);
  bool take(round& next);
  void write(round& next);
  void do_jobs(size_t count);
  void read_slice();
  void end();
  void begin_step(std::chrono::milliseconds may_take);
  void end_step();

  bool has_work() const {
    return !appends_.empty() || !refused_.empty() || !jobs_.empty();
  }

  std::unique_ptr<store_engine> engine_;
  const bounds may_take_;
  /// Held from a number's reservation until its record is in the queue, so that
  /// numbers are in the queue's order.
  std::mutex intake_;
  record_encoder encoder_;
  /// Long reads in turn; only the writer thread touches them.
  std::deque<std::unique_ptr<long_read>> reads_;

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable moved_;
  std::deque<append_request> appends_;
  std::vector<append_request> refused_;
  std::deque<job> jobs_;
  size_t waiting_records_ = 0;
  /// The number that the next record will probably get: a change, or a batch
  /// that fails, comes in between without asking.
  uint64_t next_seq_;
  status encoder_health_ = unit{};
  bool stopping_ = false;
  bool ended_ = false;
  // -- as of the last step ----------------------------------------------------
  seal_state seals_;
  ledger_counts counts_;
  uint64_t steps_ = 0;
  /// When the step under way will have taken too long; none in between, while
  /// acknowledgements are made. The host's audit sink is part of a commit, and
  /// what tells of a change or of a read is part of it.
  std::optional<clock::time_point> late_at_;

  std::thread thread_;
};

} // namespace byollm
