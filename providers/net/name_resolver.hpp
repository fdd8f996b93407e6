// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "providers/net/lookup_desk.hpp"

#include <functional>
#include <memory>

namespace boost::asio {
class io_context;
} // namespace boost::asio

namespace byollm {

/// Turns host names into addresses. Asked once per new connection, never for
/// numeric hosts; nothing is cached, so that each connection is checked anew.
/// Thread: all methods on the loop thread; answers come from there too.
class name_resolver {
public:
  using answer = std::function<void(net::addresses)>;

  virtual ~name_resolver() = default;

  /// Calls `done` once, never from inside, with every address of the host in
  /// the order to try them, or `dns_failed`; not at all if this goes before.
  virtual void resolve(const net::lookup& what, answer done) = 0;
};

/// Returns a loop's way to `desk`.
std::shared_ptr<name_resolver>
make_system_resolver(boost::asio::io_context& loop,
                     std::shared_ptr<net::lookup_desk> desk);

} // namespace byollm
