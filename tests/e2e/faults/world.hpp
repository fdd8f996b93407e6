// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/byollm.hpp"
#include "tests/e2e/faults/fault.hpp"
#include "tests/e2e/faults/upstreams.hpp"

#include <chrono>
#include <compare>
#include <filesystem>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace byollm::test {

/// What the caller was told.
struct told {
  /// `errc::none` with an answer.
  failure why = {};
  std::string text = {};
  stop_reason stop = stop_reason::unknown;
  std::string provider = {};
  bool is_byollm = false;
  std::string fallback_from = {};
  std::optional<uint64_t> cost_micro = {};
  uint32_t attempts = 0;
  /// The text pieces of a stream.
  std::string seen = {};
  std::chrono::milliseconds took{0};
};

/// What the ledger says of one attempt: its intent and its outcome.
struct attempt_row {
  std::string asked; ///< "user", "platform"
  std::string provider;
  std::string billing;
  std::string fallback_from;
  std::string status;
  std::string error;
  std::string sent;
  std::string cost_micro;
  std::string http_status;
  std::string request_id;
  std::string provider_code;
  std::string stop;
};

/// What a call came to.
struct observation {
  /// Empty: no answer within a test's patience.
  std::optional<told> caller;
  std::vector<attempt_row> rows;
  /// Requests at the user's upstream, and the platform's that are this call's.
  std::vector<seen_request> own;
  std::vector<seen_request> platforms;
};

/// What distinguishes a platform that calls can share.
struct surroundings {
  bool stream = false;
  bool haste = false;
  bool platform_refuses = false;

  auto operator<=>(const surroundings&) const = default;
};

/// A call of a user whose LLM has a fault.
struct staged_call {
  scene what;
  tongue in;
  bool consents;
  bool needs_patience;
};

/// The key that user `number` entered, and the platform's.
std::string own_key(size_t number);
std::string platform_key();
/// Of 10 tokens in and 5 out, at the platform's.
inline constexpr uint64_t platform_cost = 40;

/// A runtime with a platform's LLM in Anthropic's dialect, and users who have
/// an LLM, a tenant and an upstream each.
class world {
public:
  explicit world(surroundings in);
  ~world();

  /// Adds a user, whose number is returned.
  size_t add(const staged_call& what);

  /// Lets each user call once, all at the same time.
  std::vector<observation> play();

  /// Lets one user call, and waits.
  observation call(size_t user);

  /// Gives a user's upstream new scripts.
  void rewrite(size_t user, std::vector<upstream_script> scripts);

  /// Whether the ledger verifies.
  bool is_intact() const;

private:
  struct running;

  void settle_platform();
  void settle(size_t number);
  std::shared_ptr<running> begin(size_t number);
  observation end(size_t number, running& call);
  std::vector<attempt_row> rows_of(size_t number, const std::string& turn);
  std::vector<seen_request> platform_requests(size_t number);

  surroundings in_;
  upstreams up_;
  size_t platform_ = 0;
  std::vector<size_t> places_;
  std::vector<staged_call> calls_;
  std::filesystem::path directory_;
  std::unique_ptr<runtime> rt_;
};

} // namespace byollm::test
