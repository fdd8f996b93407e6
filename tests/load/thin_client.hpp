// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/expected.hpp"

#include <string>
#include <string_view>

namespace byollm::load {

/// A blocking connection to byollmd's Unix socket that reads what byollmd
/// answers, and nothing else of HTTP: as cheap as a client can be, so that what
/// is measured is the service. One thread.
class thin_client {
public:
  struct answer {
    int status = 0;
    std::string body = {};
  };

  struct event {
    std::string name = {};
    std::string data = {};
  };

  /// `token` goes with every request that names no other.
  thin_client(const std::string& socket, std::string token);
  thin_client(const thin_client&) = delete;
  thin_client& operator=(const thin_client&) = delete;
  ~thin_client();

  /// Returns the whole answer to a POST. Errors: `connection_lost`.
  expected<answer> post(std::string_view path, std::string_view body,
                        std::string_view token = {});

  /// Asks for a stream of events. Errors: `connection_lost`; `protocol` if it
  /// is answered with anything else.
  status open_stream(std::string_view path, std::string_view body);

  /// Returns the stream's next event. Errors: `connection_lost`.
  expected<event> next_event();

private:
  status send(std::string_view path, std::string_view body,
              std::string_view token);
  /// Takes bytes up to `end` from the front, and `end` with them.
  expected<std::string> take_until(std::string_view end);
  expected<std::string> take(size_t count);
  status read_more();

  std::string token_;
  int peer_;
  std::string out_;
  std::string in_;
  /// Of the stream, what is no whole event yet.
  std::string text_;
};

} // namespace byollm::load
