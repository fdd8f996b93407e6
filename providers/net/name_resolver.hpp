// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/address.hpp"
#include "messages/expected.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace boost::asio {
class io_context;
} // namespace boost::asio

namespace byollm {

/// Turns host names into addresses. Asked once per new connection, never for
/// numeric hosts; nothing is cached, so that each connection is checked anew.
/// Thread: all methods on the loop thread; answers come from there too.
class name_resolver {
public:
  using answer = std::function<void(expected<std::vector<ip_bytes>>)>;

  virtual ~name_resolver() = default;

  /// Calls `done` exactly once, never from inside, with every address of `host`
  /// in the order to try them, or `dns_failed`.
  virtual void resolve(const std::string& host, answer done) = 0;
};

/// Returns the operating system's resolver, on Asio's private resolver thread.
std::shared_ptr<name_resolver>
make_system_resolver(boost::asio::io_context& loop);

} // namespace byollm
