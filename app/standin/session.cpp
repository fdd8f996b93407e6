// SPDX-License-Identifier: Apache-2.0
#include "app/standin/session.hpp"

#include "app/standin/router.hpp"
#include "app/standin/wire.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <chrono>

namespace byollm::standin {

namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using std::chrono::steady_clock;

constexpr auto use_task
  = asio::as_tuple(asio::use_awaitable_t<loop_executor>{});

using timer
  = asio::basic_waitable_timer<steady_clock, asio::wait_traits<steady_clock>,
                               loop_executor>;

class session {
public:
  session(tcp_socket socket, server& shared)
      : socket_(std::move(socket)),
        timer_(socket_.get_executor()),
        shared_(shared) {
    // nop
  }

  task<void> run() {
    error_code ignored;
    socket_.set_option(asio::ip::tcp::no_delay{true}, ignored);
    socket_.non_blocking(true, ignored);
    // One co_await a condition: GCC 12 runs both sides of `&&`.
    for (bool good = true; good;) {
      good = co_await answer_buffered();
      if (good)
        good = co_await read_more();
    }
    co_await linger();
  }

private:
  task<bool> read_more() {
    auto room = reader_.prepare();
    auto [error, n] = co_await socket_.async_read_some(
      asio::buffer(room.data(), room.size()), use_task);
    reader_.commit(n);
    co_return !error;
  }

  /// Answers every request that is there whole. Returns whether to read on.
  task<bool> answer_buffered() {
    for (;;) {
      http_request request;
      switch (reader_.next(request)) {
      case http_reader::step::need_more:
        co_return co_await flush();
      case http_reader::step::send_continue:
        out_ += "HTTP/1.1 100 Continue\r\n\r\n";
        continue;
      case http_reader::step::bad:
        append_whole(openai_error(reader_.error_status(),
                                  "invalid_request_error", "bad_request",
                                  "byollm-standin cannot read this."),
                     true);
        co_await flush();
        co_return false;
      case http_reader::step::request:
        break;
      }
      auto close = request.close;
      if (!co_await answer_one(request))
        co_return false;
      reader_.consume();
      if (close) {
        co_await flush();
        co_return false;
      }
    }
  }

  /// Answers into `out_`, or onto the socket if it streams with pauses.
  task<bool> answer_one(const http_request& request) {
    auto canned = shared_.canned ? shared_.canned->find(request) : nullptr;
    if (canned)
      co_return co_await answer_canned(*canned, request);
    auto answer = route(request, ++shared_.serial, shared_.opts.models);
    if (!answer.pieces.empty())
      co_return co_await stream(answer, request.close);
    append_whole(answer, request.close);
    co_return true;
  }

  void append_whole(const http_answer& answer, bool close) {
    auto length = answer.body.size();
    append_head(answer.status, answer.content_type, &length, close,
                shared_.serial, out_);
    out_ += answer.body;
  }

  task<bool> stream(const http_answer& answer, bool close) {
    append_head(answer.status, answer.content_type, nullptr, close,
                shared_.serial, out_);
    auto due = steady_clock::now();
    for (auto& piece : answer.pieces) {
      if (piece.is_word) {
        due += shared_.opts.token_delay;
        if (!co_await pause(due))
          co_return false;
      }
      append_chunk(piece.bytes, out_);
    }
    out_ += last_chunk;
    co_return co_await flush();
  }

  task<bool> answer_canned(const canned_dialect& canned,
                           const http_request& request) {
    if (!canned.wants_stream(request.body)) {
      out_ += canned.whole;
      co_return true;
    }
    out_ += canned.stream_start;
    auto due = steady_clock::now();
    for (std::size_t i = 0; i < canned.chunks; ++i) {
      due += shared_.opts.chunk_interval;
      if (!co_await pause(due))
        co_return false;
      auto at = out_.size() + canned.stamp_at;
      out_ += canned.stream_chunk;
      stamp(out_, at);
    }
    out_ += canned.stream_end;
    co_return true;
  }

  /// Sends what is ready and waits until `due`; without a pause does neither.
  task<bool> pause(steady_clock::time_point due) {
    if (due <= steady_clock::now())
      co_return true;
    if (!co_await flush())
      co_return false;
    timer_.expires_at(due);
    auto [error] = co_await timer_.async_wait(use_task);
    co_return !error;
  }

  /// Sends what is ready. Returns whether the connection is still good.
  task<bool> flush() {
    if (out_.empty())
      co_return true;
    // Nearly always the socket takes all of it at once.
    error_code error;
    auto sent = socket_.write_some(asio::buffer(out_), error);
    if (error == asio::error::would_block)
      error = {};
    if (!error && sent < out_.size()) {
      auto rest = asio::buffer(out_) + sent;
      auto [failed, n] = co_await asio::async_write(socket_, rest, use_task);
      error = failed;
    }
    out_.clear();
    co_return !error;
  }

  /// Closes, but lets a peer that is still sending read our answer before a
  /// reset could destroy it.
  task<void> linger() {
    error_code ignored;
    socket_.shutdown(tcp_socket::shutdown_send, ignored);
    std::array<char, 4096> rest;
    for (int i = 0; i < 256; ++i) {
      auto [error, n]
        = co_await socket_.async_read_some(asio::buffer(rest), use_task);
      if (error)
        break;
    }
  }

  tcp_socket socket_;
  timer timer_;
  server& shared_;
  http_reader reader_;
  std::string out_;
};

} // namespace

task<void> serve(tcp_socket socket, server& shared) {
  session self{std::move(socket), shared};
  co_await self.run();
}

} // namespace byollm::standin
