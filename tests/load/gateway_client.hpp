// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace byollm::load {

/// One kept connection to a gateway on loopback that sends the same request
/// again and again, and reads of the answers what is needed to know where they
/// end: as cheap as a client can be. Opens anew when the other side closed.
class gateway_client {
public:
  using clock = std::chrono::steady_clock;

  gateway_client(uint16_t port, std::string request);
  gateway_client(const gateway_client&) = delete;
  gateway_client& operator=(const gateway_client&) = delete;
  ~gateway_client();

  /// Sends the request. Returns false if there is no connection.
  bool send();

  /// Reads what is there; true if that was an answer's end.
  bool read();

  /// Of the last answer; 0 if the connection was lost before its end.
  int status() const noexcept {
    return status_;
  }

  int file() const noexcept {
    return peer_;
  }

  /// What of a stream came in the last `read`.
  std::string_view news() const noexcept {
    return std::string_view{in_}.substr(old_);
  }

  /// Whoever uses it may say whose it is.
  void* owner = nullptr;
  clock::time_point due = {};
  clock::time_point sent = {};

private:
  bool open();
  void close();
  bool lose();
  bool is_whole();

  uint16_t port_;
  std::string request_;
  int peer_ = -1;
  std::string in_;
  /// Of `in_`, what was there before the last read, less what a stamp has.
  size_t old_ = 0;
  size_t body_at_ = 0;
  size_t length_ = 0;
  bool is_chunked_ = false;
  bool closes_ = false;
  int status_ = 0;
};

/// Returns a POST of `body` to OpenAI's path.
std::string chat_request(std::string_view token, bool streams);

/// Waits for any of them to be readable, and tells which. One thread.
class poller {
public:
  poller();
  poller(const poller&) = delete;
  poller& operator=(const poller&) = delete;
  ~poller();

  /// Call again after a connection was opened anew.
  void watch(gateway_client& client);

  void wait(std::chrono::microseconds longest,
            const std::function<void(gateway_client&)>& readable);

private:
  int file_;
};

} // namespace byollm::load
