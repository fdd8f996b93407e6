// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/http/input.hpp"
#include "app/http/lane.hpp"
#include "app/http/live_exchange.hpp"
#include "app/http/output.hpp"
#include "app/http/request_reader.hpp"

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/generic/stream_protocol.hpp>

#include <functional>
#include <list>
#include <memory>

namespace byollm::http {

/// One connection: reads a request, has it handled, sends the answer, and only
/// then looks at the next one.
/// Thread: its lane's loop, except the three `answer_*` and `run_later`.
class session : public std::enable_shared_from_this<session> {
public:
  using socket
    = boost::asio::basic_stream_socket<boost::asio::generic::stream_protocol,
                                       boost::asio::io_context::executor_type>;

  session(socket peer, std::shared_ptr<lane> on, bool is_local);

  void start();

  /// Answers without a request, and closes.
  void start_refusing(const refusal& why);

  /// Closes if no request has begun, else after its answer.
  void retire();

  /// Closes now; a running exchange is told. Idempotent.
  void close();

  /// Says that `from` has something to send. Thread: any.
  void answer_now(std::shared_ptr<live_exchange> from);
  void answer_later(std::shared_ptr<live_exchange> from);

  /// Reads the request that has come, and handles what is there.
  void take_arrival();

  /// Says whether the last request's answer was to come later.
  bool was_turned_away() const noexcept {
    return is_turned_away_ && state_ != state::answering;
  }

  bool is_closed() const noexcept {
    return state_ == state::closed;
  }

  /// Runs `task` on the loop, not from inside. Thread: any.
  void run_later(std::function<void()> task);

private:
  using error = boost::system::error_code;
  using time_point = alarm_clock::time_point;

  enum class state {
    reading,   ///< A request, or waiting for one.
    answering, ///< `current_` is set.
    refusing,  ///< The server's own last word.
    lingering, ///< Said all; the client may read it and close.
    closed
  };

  /// What the deadline of `state::reading` is for.
  enum class waiting { nothing, head, body, request };

  void open();
  /// Says whether a request's head is all that is waited for.
  void wait_for_head(bool is_waiting);

  // -- session_read.cpp -------------------------------------------------------
  void serve();
  bool check_head();
  /// Returns whether the body may come.
  bool look_at_head();
  bool is_body_small() const noexcept;
  void handle_request();
  void read_on();
  void read_body(std::span<char> room);
  void await_bytes();
  void read_some();
  void on_read(error ec, size_t count, bool into_body);
  bool is_between_requests() const noexcept;
  /// Whether the next request is here, and not before its turn.
  bool comes_too_early() const noexcept;
  /// Has what comes next wait for its turn.
  void arrive();
  void await_more();
  void time_reading();
  /// Counts what there is of the body. Returns whether there is room for it.
  bool hold(size_t bytes) noexcept;

  // -- session_write.cpp ------------------------------------------------------
  void look(const std::shared_ptr<live_exchange>& from);
  void pump();
  bool compose();
  void compose_whole(answer& whole);
  void compose_stream_head();
  void compose_pieces();
  bool flush();
  void wait_until_writable(bool has_moved);
  void go_on();
  void finish_answer();
  void refuse(const refusal& why);
  void say_last(answer made);
  void linger();

  // -- session_record.cpp: what is told of a request --------------------------
  void begin_record();
  void record_head(const request& head);
  void record_answer(const answer& head);
  void record_sent(size_t count);
  void end_record(bool is_cut);

  // -- session.cpp: time ------------------------------------------------------
  void set_deadline(time_point when);
  void no_deadline() noexcept;
  void set_alarm(time_point when);
  void ring();
  void expire();

  socket peer_;
  std::shared_ptr<lane> lane_;
  const server_options& options_;
  bool is_local_;
  state state_ = state::reading;
  std::list<std::shared_ptr<session>>::iterator place_;
  bool is_waiting_for_head_ = true;

  input input_;
  request_reader reader_;
  bool is_reading_ = false;
  /// With the lane's arrivals.
  bool has_arrived_ = false;
  /// For one request.
  bool has_turn_ = false;
  bool is_serving_ = false;
  waiting waiting_ = waiting::head;
  size_t body_mark_ = 0;
  size_t body_held_ = 0;
  /// Whose they are; null: nobody's.
  shared_room::account_ptr payer_;

  std::shared_ptr<live_exchange> current_;
  size_t requests_ = 0;
  bool is_head_request_ = false;
  bool is_http_1_0_ = false;
  bool closes_ = false;
  bool is_in_handler_ = false;

  /// Of the request that began last, while somebody wants to know.
  std::unique_ptr<record> record_;

  output output_;
  outgoing next_;
  bool is_waiting_to_write_ = false;
  /// The stream's pieces are for nobody.
  bool is_muted_ = false;
  /// All of the answer is in `output_`.
  bool is_composed_ = false;
  bool is_torn_ = false;
  bool is_turned_away_ = false;

  alarm_clock::alarm_id alarm_ = 0;
  time_point alarm_at_ = {};
  time_point deadline_ = time_point::max();
};

} // namespace byollm::http
