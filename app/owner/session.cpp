// SPDX-License-Identifier: Apache-2.0
#include "app/owner/session.hpp"

#include "messages/limits.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <chrono>

namespace byollm::owner {

namespace {

// A client that connects and says nothing must not hold a place for ever.
constexpr auto request_patience = std::chrono::seconds{30};

} // namespace

session::session(socket peer, const runtime& of)
    : peer_(std::move(peer)), of_(of), patience_(peer_.get_executor()) {
  // nop
}

session::~session() {
  OPENSSL_cleanse(chunk_.data(), chunk_.size());
}

void session::start() {
  patience_.expires_after(request_patience);
  patience_.async_wait([weak = weak_from_this()](error ec) {
    auto self = weak.lock();
    if (self && !ec)
      self->close();
  });
  read_request();
}

void session::refuse(const failure& why) {
  operation said{of_, [self = shared_from_this()](std::string line, bool last) {
                   return self->take(std::move(line), last);
                 }};
  said.fail(why);
}

void session::close() {
  patience_.cancel();
  if (auto running = std::exchange(operation_, nullptr))
    running->cancel();
  error ignored;
  peer_.close(ignored);
}

void session::read_request() {
  peer_.async_read_some(boost::asio::buffer(chunk_),
                        [self = shared_from_this()](error ec, size_t count) {
                          if (ec)
                            self->close();
                          else
                            self->on_request_bytes(count);
                        });
}

void session::on_request_bytes(size_t count) {
  auto first = chunk_.begin();
  auto last = first + static_cast<std::ptrdiff_t>(count);
  auto newline = std::find(first, last, '\n');
  request_.insert(request_.end(), first, newline);
  if (newline != last)
    run();
  else if (request_.size() > limits::owner_request_bytes_max)
    refuse({errc::limit_exceeded, "the request is too long", "request"});
  else
    read_request();
}

void session::run() {
  patience_.cancel();
  OPENSSL_cleanse(chunk_.data(), chunk_.size());
  // Weak: an operation that never ends must not keep a closed session.
  operation_ = start_operation(
    of_, std::exchange(request_, {}),
    [weak = weak_from_this()](std::string line, bool last) {
      auto self = weak.lock();
      return self ? self->take(std::move(line), last) : flow::more;
    });
  watch_for_end();
}

void session::watch_for_end() {
  peer_.async_read_some(boost::asio::buffer(chunk_),
                        [self = shared_from_this()](error ec, size_t) {
                          if (ec)
                            self->close();
                          else
                            self->watch_for_end();
                        });
}

flow session::take(std::string line, bool last) {
  line += '\n';
  std::lock_guard guard{mutex_};
  queued_ += line.size();
  lines_.push_back(std::move(line));
  ending_ = ending_ || last;
  if (!writing_) {
    writing_ = true;
    boost::asio::post(peer_.get_executor(),
                      [self = shared_from_this()] { self->write_next(); });
  }
  if (queued_ < queued_max)
    return flow::more;
  paused_ = true;
  return flow::pause;
}

void session::write_next() {
  std::unique_lock guard{mutex_};
  if (lines_.empty()) {
    writing_ = false;
    auto ended = ending_;
    guard.unlock();
    if (ended) {
      operation_.reset();
      close();
    }
    return;
  }
  // The deque keeps the line in place until it is written.
  auto bytes = boost::asio::buffer(lines_.front());
  guard.unlock();
  boost::asio::async_write(peer_, bytes,
                           [self = shared_from_this()](error ec, size_t count) {
                             if (ec)
                               self->close();
                             else
                               self->on_written(count);
                           });
}

void session::on_written(size_t count) {
  auto resume = false;
  {
    std::lock_guard guard{mutex_};
    lines_.pop_front();
    queued_ -= count;
    if (paused_ && queued_ < queued_max / 2) {
      paused_ = false;
      resume = true;
    }
  }
  if (resume && operation_)
    operation_->resume();
  write_next();
}

} // namespace byollm::owner
