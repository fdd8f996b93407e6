// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/expected.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace byollm::load {

/// Calls of the stand-in without a runtime: no turn, no ledger.
struct rival_order {
  uint16_t port = 0;
  size_t loops = 1;
  /// Connections, each with one call at a time.
  size_t concurrency = 1;
  size_t calls = 10'000;
  size_t warmup_calls = 1'000;
  size_t message_bytes = 300;
};

struct rival_result {
  size_t calls = 0;
  double seconds = 0;
  double cpu_us = 0;
  std::vector<uint32_t> latencies_ns = {};
};

/// A Boost.Beast client as Beast's examples are written: `tcp_stream` on
/// `any_io_executor`, a timer per operation, `http::async_write` and
/// `http::async_read` in coroutines; one kept connection each. It reads no
/// JSON.
expected<rival_result> run_stock(const rival_order& order);

/// Our transport alone: a `provider_port` per loop, with the dialect that
/// writes the request and reads the answer.
expected<rival_result> run_lean(const rival_order& order);

} // namespace byollm::load
