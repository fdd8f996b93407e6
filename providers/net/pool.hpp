// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/ports/provider.hpp"
#include "providers/net/channel.hpp"
#include "providers/net/factory.hpp"
#include "providers/net/idle_shelf.hpp"
#include "providers/net/loop_gate.hpp"
#include "providers/net/name_resolver.hpp"
#include "providers/net/own_addresses.hpp"
#include "providers/net/tls_context.hpp"

#include <deque>
#include <memory>
#include <string>
#include <vector>

namespace byollm::net {

class attempt;

/// What all ports of one loop share.
struct loop_parts {
  boost::asio::io_context& loop;
  alarm_clock& clock;
  key_vault& vault;
  net_options options;
  std::shared_ptr<loop_gate> gate;
  std::shared_ptr<name_resolver> resolver;
  std::unique_ptr<own_addresses> own;
  std::unique_ptr<idle_shelf> idle;
};

/// The connections, slots and queue of one isolation key on one loop.
/// Queue: `net_options::queue_max`, then refuse with `errc::overloaded`; first
/// come, first served; waiting ends with the call's deadline.
class pool final : public provider_port, private idle_owner {
public:
  /// `tls` is null for plain HTTP.
  pool(std::shared_ptr<const loop_parts> parts, const dialect& speaks,
       const llm_target& target, std::unique_ptr<tls_context> tls);
  ~pool() override;

  // -- provider_port ----------------------------------------------------------

  void start(provider_call call, std::shared_ptr<attempt_sink> sink) override;
  void cancel(const intent_receipt& receipt) override;
  void hurry() override;
  void keep_connections(bool keep) override;
  void close(const failure& why) override;
  size_t in_flight() const noexcept override;

  // -- for attempts -----------------------------------------------------------

  const loop_parts& parts() const noexcept {
    return *parts_;
  }

  const dialect& speaks() const noexcept {
    return speaks_;
  }

  const std::string& host_header() const noexcept {
    return host_header_;
  }

  /// Returns the connection that was used last, if there is one that is fit for
  /// use, or null.
  channel_ptr take_idle();

  /// Returns a new unconnected channel. Errors: `tls_failed`.
  expected<channel_ptr> make_connection();

  /// Takes an attempt out that has ended, and its connection if it may be used
  /// again (else null). Its slot goes to the first in the queue.
  void retire(attempt& who, channel_ptr keep);

private:
  failure refusal(const provider_call& call) const;
  void adopt_reach(reach allowed);
  void keep_idle(channel_ptr channel);
  void drop_idle();
  void watch_idle();
  void expire_idle();
  void close_oldest() noexcept override;
  void fill_slots();
  /// Tells how much there is of all that the port holds.
  void count() noexcept;

  std::shared_ptr<const loop_parts> parts_;
  const dialect& speaks_;
  std::string isolation_key_;
  std::string host_header_;
  reach allowed_;
  bool is_https_;
  std::unique_ptr<tls_context> tls_;
  std::vector<std::shared_ptr<attempt>> attempts_;
  std::deque<attempt*> queue_;
  /// The longest that waits first.
  std::deque<idle_shelf::place> idle_;
  alarm_clock::alarm_id idle_alarm_ = 0;
  size_t running_ = 0;
  bool is_closed_ = false;
  bool keeps_ = true;
  bool is_hurried_ = false;
  gauge_share running_shown_;
  gauge_share queued_shown_;
  gauge_share idle_shown_;
};

} // namespace byollm::net
