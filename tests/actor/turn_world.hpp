// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "actors/auth_gateway.hpp"
#include "actors/directory.hpp"
#include "actors/ledger.hpp"
#include "actors/quota.hpp"
#include "actors/resolver.hpp"
#include "actors/switchboard.hpp"
#include "actors/turn_desk.hpp"
#include "app/runtime/retry_office.hpp"
#include "tests/support/deterministic_system.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/targets.hpp"

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace byollm {

class sums_of_today;

/// What a test's provider does with one attempt.
struct scripted_attempt {
  errc fails_with = errc::none;
  certainty sent = certainty::yes;
  /// Pieces that reach the caller first.
  int deltas = 0;
  /// Never ends by itself.
  bool hangs = false;
  /// Is read on after a cancel, to its end, for its usage.
  bool drains = false;
  token_usage usage = {token_usage::source::none, {}, {}, {}, 3, {}};
};

/// Everything a turn talks to, real actors over ports that answer at some later
/// step. What reaches the outside is written down.
class turn_world {
public:
  explicit turn_world(uint64_t seed = 0);
  ~turn_world();

  // -- the outside ------------------------------------------------------------
  user_lookup user;                         ///< What the user configured.
  platform_config admin;                    ///< Set before `start`.
  turn_source begun_by = turn_source::chat; ///< Of the turns that open.
  std::string tenant = "acme";              ///< The same.
  std::deque<scripted_attempt> attempts;    ///< In order; then successes.
  bool ledger_fails = false;
  bool ledger_hangs = false;
  bool may_pay = true;
  /// What the ledger's sums say of today when somebody first asks.
  std::vector<usage_row> past_usage;
  bool past_fails = false;
  bool past_hangs = false;
  /// How long a key that was replaced stays in use; set before `start`.
  std::chrono::milliseconds drain = std::chrono::seconds{60};
  size_t turns_max = limits::turns_max; ///< The same.

  // -- what happened ----------------------------------------------------------
  std::vector<ledger_entry> records; ///< Committed, in order.
  size_t sent = 0;                   ///< Attempts that reached a provider.
  provider_call last_sent = {};
  size_t late_pieces = 0; ///< After an answer; only who cancels, or dies, may.
  size_t hurried = 0;     ///< Ports that were told that the runtime stops.
  size_t late_intents
    = 0;                  ///< After their call's end; only a dead ledger's may.
  std::vector<bool> kept; ///< What ports were told about connections.
  std::vector<std::string> problems; ///< Broken invariants, in words.

  void start();

  /// Opens a turn and runs until it is lent.
  void open();

  /// Starts a call; its answer ends up in `answers[id]`.
  void call(const std::string& id, create_message_request request,
            std::chrono::milliseconds timeout = std::chrono::seconds{60});

  /// The same for vectors of texts.
  void embed(const std::string& id, embedding_input input,
             std::optional<std::string> model = {});

  /// Ends the turn.
  void close();

  /// Steps until nothing happens, then rings alarms, until neither is left.
  void run_out();

  /// How often each call was answered, and with what last.
  struct seen {
    int answers = 0;
    bool is_over = false; ///< Its id may be used again.
    int deltas = 0;
    errc last = errc::none;
    certainty sent = certainty::no;
    std::string detail = {};
    message_reply reply = {};
  };
  std::map<std::string, seen> answers;

  template <class Record>
  std::vector<Record> all() const {
    std::vector<Record> out;
    for (const auto& each : records)
      if (auto* found = each.template as<Record>())
        out.push_back(*found);
    return out;
  }

private:
  void start_call(call_order order);

  class source;
  class memory_store;
  class any_vault;
  class factory;
  class port;
  class purse;
  class probe;
  class borrower;

  // Actors outlive no port, so ports come first; handles outlive no system.
  std::unique_ptr<source> source_;
  std::unique_ptr<memory_store> store_;
  std::unique_ptr<sums_of_today> past_;
  std::unique_ptr<any_vault> vault_;
  std::unique_ptr<factory> factory_;
  std::unique_ptr<purse> purse_;

public:
  manual_clock clock;
  retry_office retries;
  deterministic_system sys;
  shared<pinned_turn> pinned;
  turn_actor turn;
  uint64_t generation = 0;
  directory_actor directory_;
  resolver_actor resolver_;
  auth_gateway_actor gateway_;
  ledger_actor ledger_;
  quota_actor quota_;
  switchboard_actor switchboard_;
  turn_desk_actor desk_;
};

/// A request with one word in it.
create_message_request say(const std::string& word);

/// The user's own LLM, falling back as told.
user_lookup own_llm(fallback_policy fallback = fallback_policy::error);

} // namespace byollm
