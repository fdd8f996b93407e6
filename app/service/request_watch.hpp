// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/http/exchange.hpp"
#include "messages/trace.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string_view>

namespace byollm::service {

/// One request to the service, as whoever watches sees it.
struct seen_request {
  /// Of its route, so that there are as many as there are routes, and live for
  /// ever; empty if it has none.
  std::string_view method = {};
  std::string_view route = {};
  /// The caller's, sound.
  trace_headers caller = {};
  /// What its calls are part of; `began` may change it.
  trace_headers trace = {};
  std::chrono::system_clock::time_point since = {};

  // -- known at the end -------------------------------------------------------
  std::chrono::steady_clock::duration took = {};
  /// 0: the client left before there was an answer.
  int status = 0;
  /// Of the bodies, without framing.
  uint64_t bytes_in = 0;
  uint64_t bytes_out = 0;
  /// The answer was given whole; nothing tells whether the client had it.
  bool is_whole = false;
};

/// Is told of requests to the service. Waits for nobody.
/// Thread: any loop's; several at once.
class request_watch {
public:
  virtual ~request_watch() = default;

  virtual void began(seen_request&) noexcept = 0;

  /// Once after each `began`, and for what the HTTP server itself refused.
  virtual void ended(const seen_request&) noexcept = 0;
};

/// Returns an exchange that is `at`, and tells `watch` of its request, which is
/// that of `method` and `route`; sets `trace`. Null: nobody is told.
/// Ownership: `watch` outlives the exchange.
http::exchange_ptr watched(const http::exchange_ptr& at, request_watch* watch,
                           std::string_view method, std::string_view route,
                           trace_headers& trace);

} // namespace byollm::service
