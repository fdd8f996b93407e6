// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/origin.hpp"

#include <boost/asio/io_context.hpp>

#include <functional>
#include <memory>
#include <string>

namespace byollm {
class name_resolver;
} // namespace byollm

namespace byollm::trace {

/// Somebody who takes spans over plain HTTP.
/// Thread: its loop's.
class collector {
public:
  collector(boost::asio::io_context& loop, base_url at);
  collector(const collector&) = delete;
  collector& operator=(const collector&) = delete;

  /// Ends a request under way, which then calls nobody.
  ~collector();

  /// Posts `body` and tells `done` once, never from inside, whether it was
  /// taken; after limits::collector_timeout it was not. One at a time.
  void post(std::string body, std::function<void(bool)> done);

private:
  class request;

  boost::asio::io_context& loop_;
  base_url at_;
  std::shared_ptr<name_resolver> names_;
  std::weak_ptr<request> running_;
};

} // namespace byollm::trace
