// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/ports/alarm.hpp"
#include "messages/ports/provider.hpp"
#include "providers/dialect.hpp"
#include "providers/net/answer_share.hpp"
#include "providers/net/channel.hpp"
#include "providers/net/echo_guard.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace byollm::net {

class pool;

/// An answer that holds a part of the key outside of its words.
failure repeats_key();

/// The end of an attempt that nobody waits for any more.
failure caller_gone();

/// One attempt to have one call answered, in order: wait for a slot, take or
/// open a connection, ask, read the answer, hand the connection back. Every way
/// out leads through `finish`. Lives in its pool's list until then.
class attempt final : public std::enable_shared_from_this<attempt>,
                      private channel_events,
                      private framing_events {
public:
  attempt(pool& owner, provider_call call, std::shared_ptr<attempt_sink> sink);

  /// Waits in the queue; only the deadline is watched.
  void wait();

  /// Begins, with a slot. Never calls the sink from inside.
  void run();

  /// Ends the attempt, exactly once: closes the connection, gives the slot
  /// back, tells the sink. Does nothing after the first time.
  void finish(failure why);

  /// The caller has gone. Finishes with `cancelled`: now if `at_once`, or if
  /// there is no usage to wait for; otherwise after having read on for it.
  void cancel(bool at_once);

  /// Finishes if it only reads on.
  void hurry();

  const intent_receipt& receipt() const noexcept {
    return *call_.ticket->receipt();
  }

  bool has_slot() const noexcept {
    return phase_ != phase::waiting;
  }

  /// INTERNAL to the pool: the attempt is out of its list.
  void mark_done() noexcept {
    phase_ = phase::done;
  }

  const llm_target& target() const noexcept {
    return *call_.ticket->target();
  }

  /// Where the pool's list holds this.
  size_t index = 0;

private:
  using time_point = alarm_clock::time_point;
  using duration = time_point::duration;

  enum class phase : uint8_t {
    waiting,    ///< In the queue.
    connecting, ///< DNS, TCP, TLS.
    asking,     ///< The request goes out; no byte of an answer yet.
    answering,  ///< The answer comes in.
    ending,     ///< The answer is whole, its HTTP body not yet at its end.
    done,
  };

  // -- the way there ----------------------------------------------------------

  expected<wire_request> encode() const;
  std::unique_ptr<answer_decoder> make_decoder() const;
  void connect();
  void look_up();
  bool makes_way(const failure& why);
  void limit_address();
  void on_addresses(expected<std::vector<ip_bytes>> found);
  void ask();
  status write_request();
  void fail_later(failure why);
  const std::string& model() const noexcept;

  void on_open(status result) override;
  void on_written(bool whole, bool begun) override;

  // -- the answer -------------------------------------------------------------

  void on_read(read_end how, std::string_view unused) override;
  status on_head(const response_head& head,
                 std::optional<uint64_t> length) override;
  status on_body(std::string_view piece) override;
  void on_first_byte();
  std::chrono::microseconds since_asked() const;
  void on_end(read_end how);
  void read_on();
  void pause();
  void resume();
  status deliver();
  void complete(bool reusable);

  // -- an answer without a caller ---------------------------------------------

  bool is_paid_for() const noexcept;
  bool is_drained(size_t more_bytes) noexcept;

  // -- time -------------------------------------------------------------------

  void limit(duration timeout, errc code);
  bool awaits_answer() const noexcept;
  void limit_first_byte();
  bool is_generated_whole() const noexcept;
  void limit_total_only();
  void limit_progress();
  void arm();
  void on_alarm();

  void end(failure why, bool keep);
  attempt_outcome outcome(failure why);

  pool& pool_;
  provider_call call_;
  std::shared_ptr<attempt_sink> sink_;
  channel_ptr channel_;
  wire_request wire_;
  echo_guard guard_;
  std::unique_ptr<answer_decoder> decoder_;
  std::vector<delta> deltas_;
  time_point started_at_;
  time_point asked_at_ = {};
  time_point connect_by_ = {};
  duration address_time_{0};
  time_point limit_at_ = time_point::max();
  time_point alarm_at_ = {};
  alarm_clock::alarm_id alarm_ = 0;
  std::optional<std::chrono::microseconds> first_byte_;
  std::optional<std::chrono::microseconds> first_token_;
  uint64_t body_bytes_ = 0;
  answer_share held_;
  size_t surplus_bytes_ = 0;
  uint32_t ways_made_ = 0;
  size_t drained_bytes_ = 0;
  errc limit_code_ = errc::none;
  phase phase_ = phase::waiting;
  certainty sent_ = certainty::no;
  uint16_t http_status_ = 0;
  bool is_written_ = false;
  bool is_paused_ = false;
  bool is_draining_ = false; ///< The caller has gone; we read on for the usage.
  bool is_cut_ = false;      ///< We stopped reading an error's endless body.
  bool head_is_limited_ = false;
};

} // namespace byollm::net
