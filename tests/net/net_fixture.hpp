// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/limits.hpp"
#include "messages/ports/provider.hpp"
#include "providers/net/alarm_heap.hpp"
#include "providers/net/factory.hpp"
#include "providers/net/name_resolver.hpp"
#include "tests/support/scripted_upstream.hpp"
#include "tests/support/test_receipt_office.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace byollm::test {

using namespace std::chrono_literals;

/// A clock that stands still until a test moves it.
class manual_clock final : public alarm_clock {
public:
  time_point now() const noexcept override {
    return now_;
  }

  int64_t unix_ms() const noexcept override {
    return 0;
  }

  alarm_id set(time_point when, std::function<void()> ring) override {
    return alarms_.push(when, std::move(ring));
  }

  void cancel(alarm_id id) noexcept override {
    alarms_.erase(id);
  }

  void advance(time_point::duration span) {
    now_ += span;
    alarms_.ring_due(now_);
  }

  size_t alarms() const noexcept {
    return alarms_.size();
  }

private:
  // Not at the epoch, so that an unset deadline is in the past, as it should
  // be.
  time_point now_ = time_point{} + 1h;
  net::alarm_heap alarms_;
};

/// A vault with one key for everybody, that keeps the rule of one redemption.
class planted_vault final : public key_vault {
public:
  expected<opened_key> redeem(const lease_ticket& ticket) override;
  void revoke(const std::string&, uint32_t) override {
    // nop: no test here deletes a key
  }

  expected<sealed_key> seal(std::string_view, const key_binding&) override;

  std::string key = "planted-key-5e1d0c";
  size_t redeemed = 0;
};

/// What a sink was told.
class recording_sink final : public attempt_sink {
public:
  void on_delta(delta piece) override;
  bool wants_more() const noexcept override;
  void when_ready(std::function<void()> resume) override;
  void on_done(attempt_outcome result) override;

  bool is_done() const noexcept {
    return ends > 0;
  }

  errc code() const noexcept {
    return outcome.why.code;
  }

  std::string text;
  size_t deltas = 0;
  size_t ends = 0;
  bool is_ready = true;
  std::function<void()> resume;
  std::function<void()> at_delta;
  std::function<void()> at_done;
  attempt_outcome outcome;
};

using sink_ptr = std::shared_ptr<recording_sink>;

/// Answers names from a table; each question takes the next answer, the last
/// one stays.
class scripted_resolver final : public name_resolver {
public:
  explicit scripted_resolver(boost::asio::io_context& loop) : loop_(loop) {
    // nop
  }

  void resolve(const net::lookup& what, answer done) override;

  std::vector<expected<std::vector<ip_bytes>>> answers;
  std::vector<std::string> asked;
  bool is_silent = false;

private:
  boost::asio::io_context& loop_;
};

/// A dialect that adds nothing: the request's system text is its body, an
/// answer is its body's text, a stream ends with "[END]", and "[PING]" in it
/// is a sign of life. Header "x-test" carries the metadata entry of that name.
/// Each byte of an answer is a token.
const dialect* find_plain_dialect(std::string_view name) noexcept;

ip_bytes ip(std::string_view text);

/// One port on one loop, and an upstream that it may reach. Everything runs on
/// the test's own thread.
class net_fixture {
public:
  net_fixture();
  ~net_fixture();

  /// Starts the upstream at which `call` aims.
  void serve(std::vector<upstream_script> scripts,
             const tls_identity* tls = nullptr);

  /// Makes the port; called by the first `call` if a test did not.
  void open_port();

  /// Starts a call; `change` may alter it first.
  sink_ptr call(std::function<void(provider_call&)> change = {});

  /// Starts a call and waits for its end.
  sink_ptr ask(std::function<void(provider_call&)> change = {});

  /// Runs the loop until `what` holds; fails the test if it never does.
  void until(const std::function<bool()>& what);

  void until_done(const sink_ptr& sink);

  /// Runs what is ready now.
  void settle();

  llm_target::ptr target() const;

  std::string url() const;

  std::shared_ptr<boost::asio::io_context> loop;
  manual_clock clock;
  planted_vault vault;
  std::shared_ptr<scripted_resolver> resolver;
  net_options options;
  std::string host = "127.0.0.1";
  reach allowed = reach::allowed;
  std::string tenant = "acme";
  std::string owner = "ada";
  bool is_platform = false; ///< Whose key it is.
  ca_bundle_ptr trust = {};
  std::unique_ptr<scripted_upstream> upstream;
  std::unique_ptr<provider_factory> factory;
  std::unique_ptr<provider_port> port;
  /// The port in the URL if there is no upstream.
  uint16_t url_port = 443;
  bool https = false;

private:
  template <class Owner>
  llm_target::ptr bound(const Owner& who, const base_url& at) const;

  size_t calls_ = 0;
};

/// Asks for a stream.
void streaming(provider_call& call);

} // namespace byollm::test
