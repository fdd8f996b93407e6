// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/http/exchange.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace byollm::http {

class session;

/// What a session is to send next.
struct outgoing {
  enum class ending { none, good, torn };

  answer head = {};
  bool has_head = false;
  /// The head begins a stream; else `head.body` is the whole answer.
  bool is_stream = false;
  /// Everybody let go of the exchange without a word.
  bool is_forgotten = false;
  std::vector<std::string> pieces = {};
  ending end = ending::none;
};

/// The exchange of one request: keeps what is to be sent until the session, on
/// its loop, takes it.
class live_exchange final : public exchange,
                            public std::enable_shared_from_this<live_exchange> {
public:
  live_exchange(request asked, std::shared_ptr<session> on, size_t queue_max,
                bool keeps_notes);

  /// Returns what handlers hold; its end is told to the exchange.
  exchange_ptr handle();

  // -- exchange ---------------------------------------------------------------
  const request& asked() const noexcept override;
  wiped_bytes take_body() noexcept override;
  void reply(answer whole) override;
  void begin_stream(answer head) override;
  bool write(std::string bytes) override;
  void when_writable(std::function<void()> ready) override;
  void end_stream() override;
  void abort_stream() override;
  void on_gone(std::function<void()> gone) override;
  bool is_gone() const noexcept override;
  void note(std::string_view name, std::string_view value) override;

  // -- the session's side, on its loop ----------------------------------------

  /// Moves what is to be sent into `out`. Returns whether there is anything.
  bool collect(outgoing& out);

  /// Says that the pieces that were collected last are with the system.
  void sent();

  /// Says that the client is gone.
  void lose();

  /// Moves out what was noted.
  notes take_notes();

private:
  enum class phase { unanswered, streaming, ended, gone };

  void let_go();
  void end(outgoing::ending how);
  /// Has the session look for what is new. Takes the lock that is held.
  void wake(std::unique_lock<std::mutex> guard);
  bool is_drained() const noexcept;
  void drop_callbacks();

  request request_;
  std::shared_ptr<session> session_;
  size_t queue_max_;

  mutable std::mutex mutex_;
  phase phase_ = phase::unanswered;
  /// Of it, `pieces` are what waits.
  outgoing next_;
  size_t queued_ = 0;
  size_t collected_ = 0;
  bool is_woken_ = false;
  std::function<void()> writable_;
  std::function<void()> gone_;
  const bool keeps_notes_;
  notes said_;
};

} // namespace byollm::http
