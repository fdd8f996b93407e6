// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/ports/host.hpp"
#include "messages/ports/provider.hpp"
#include "messages/ports/store.hpp"
#include "messages/ports/vault.hpp"
#include "tests/load/cast.hpp"
#include "tests/load/ledger_count.hpp"
#include "tests/support/manual_clock.hpp"

#include <random>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace byollm::load {

/// Everything outside the actors, by a virtual clock: disk, providers, keys,
/// configurations. One seed, one course of events.
class virtual_world final : public ledger_store,
                            public config_source,
                            public key_vault,
                            public provider_factory {
public:
  virtual_world(const scenario& load, const std::vector<user>& users);

  manual_clock clock;
  ledger_count ledger;

  std::string new_id();

  /// Returns a number in [0, 1).
  double jitter();

  /// Adds to the digest of what happened.
  void note(std::string_view what);

  uint64_t trace() const noexcept {
    return trace_;
  }

  /// Who answers for those without an LLM of their own.
  static llm_target::ptr platform();

  /// Calls `done` after a time between `least` and three times that.
  alarm_clock::alarm_id after(std::chrono::microseconds least,
                              std::function<void()> done);

  const scenario& load() const noexcept {
    return load_;
  }

  user_kind kind_of(const key_binding& whose) const;

  // -- the ports --------------------------------------------------------------

  void append(std::vector<ledger_entry> batch,
              std::function<void(expected<uint64_t>)> done) override;

  void lookup(const tenant_id& tenant, const user_id& user,
              std::function<void(user_lookup)> done) override;

  expected<opened_key> redeem(const lease_ticket& ticket) override;

  void revoke(const std::string&, uint32_t) override {
    // nop: no user of a scenario deletes a key
  }

  expected<sealed_key> seal(std::string_view key,
                            const key_binding& binding) override;

  expected<std::unique_ptr<provider_port>>
  make(const llm_target& target) override;

private:
  void record(const ledger_entry& entry);

  const scenario& load_;
  std::mt19937_64 random_;
  std::unordered_map<std::string, user_kind> kinds_;
  uint64_t last_id_ = 0;
  uint64_t records_ = 0;
  uint64_t trace_ = 0xcbf29ce484222325;
};

} // namespace byollm::load
