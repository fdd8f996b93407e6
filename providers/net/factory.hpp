// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/limits.hpp"
#include "messages/ports/alarm.hpp"
#include "messages/ports/gauges.hpp"
#include "messages/ports/provider.hpp"
#include "messages/ports/vault.hpp"
#include "providers/catalog.hpp"
#include "providers/net/own_addresses.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

namespace boost::asio {
class io_context;
} // namespace boost::asio

namespace byollm {

class name_resolver;
class shared_room;

namespace net {
class lookup_desk;
} // namespace net

/// How the ports of one loop behave. Sizes count per port, so per isolation key
/// and loop.
struct net_options {
  /// DNS, TCP and TLS together.
  std::chrono::milliseconds connect_timeout = limits::connect_timeout;
  /// For the upload, and from the request's last byte to the answer's first. An
  /// answer that is generated and asked for whole has until the call's deadline
  /// for the latter.
  std::chrono::milliseconds first_byte_timeout = limits::first_byte_timeout;
  /// Between two reads of an answer; also for the whole of its head. Does not
  /// run while the caller wants no more.
  std::chrono::milliseconds idle_timeout = limits::stream_idle_timeout;
  /// How long a connection is kept without a call.
  std::chrono::milliseconds pooled_idle_max = limits::pooled_idle_max;
  /// Attempts at the provider at once.
  size_t in_flight_max = limits::provider_in_flight;
  /// Attempts that wait for one of those to end; more are `overloaded`.
  size_t queue_max = limits::provider_queue;
  size_t idle_connections_max = limits::pooled_connections_idle;
  /// Of all ports of the loop.
  size_t idle_on_loop_max = limits::idle_connections_all_max;
  /// Added trust anchors, PEM; empty for none.
  std::string ca_pem_file = {};
  /// Whether the system's trust anchors count.
  bool trust_system = true;
  /// Null: the system's, asked at `lookups`.
  std::shared_ptr<name_resolver> resolver = {};
  // What all loops share; null: one of this loop's own.
  std::shared_ptr<net::lookup_desk> lookups = {};
  std::shared_ptr<shared_room> answers = {};
  /// Which addresses are this machine's own; tests bring their own.
  net::own_addresses::reader interfaces = net::interface_addresses;
  /// Told when they cannot be read; null: nobody.
  net::own_addresses::failure_fn on_no_interfaces = {};
  /// Where dialects come from; tests bring their own.
  const dialect* (*find)(std::string_view name) noexcept = find_dialect;
  /// Null: nobody counts.
  runtime_gauges_ptr gauges = {};
};

/// Returns the maker of provider ports for `loop`: HTTP/1.1 over TCP or TLS.
/// Reads the trust store, so call it at start. Ownership: `loop`, `clock` and
/// `vault` must outlive the factory, and the factory its ports.
std::unique_ptr<provider_factory>
make_net_factory(boost::asio::io_context& loop, alarm_clock& clock,
                 key_vault& vault, net_options options = {});

} // namespace byollm
