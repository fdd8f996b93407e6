// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "../config.hpp"
#include "../ledger.hpp"

#include <functional>
#include <string_view>

namespace byollm {

/// The host's own store of user configurations; ours is the default.
class config_source {
public:
  virtual ~config_source() = default;

  /// Looks up who answers for a user and calls `done` exactly once, from any
  /// thread, also from inside `lookup`. Must not block, and should not throw:
  /// then, and if a `present` user has no LLM, or no key where the provider
  /// needs one, the turn is refused with `config_unavailable`. A target's key
  /// is `credential::from_source` or `without_key`; a new key has a new
  /// `version`.
  virtual void lookup(const tenant_id& tenant, const user_id& user,
                      std::function<void(user_lookup)> done)
    = 0;
};

/// The host's own secret store. Asked before each attempt, also a retry, for
/// the key of one binding; the platform's, too, whose tenant and user are
/// empty.
class credential_source {
public:
  virtual ~credential_source() = default;

  /// Passes the key's bytes to `use`, which copies them into locked memory
  /// before it returns. Returns a failure if there is no such key: nothing is
  /// sent then, and this is how a host withdraws a key. Thread: any loop
  /// thread; must not block. What it throws is `unavailable`.
  virtual status open(const key_binding& binding,
                      const std::function<void(std::string_view key)>& use)
    = 0;
};

/// A second durable place for ledger records.
class audit_sink {
public:
  virtual ~audit_sink() = default;

  /// Takes a record after its commit, in order of sequence. Thread: the store's
  /// writer thread; slow sinks slow the ledger down. `noexcept`: what is thrown
  /// in it ends the process.
  virtual void committed(const ledger_row& row) noexcept = 0;
};

/// Says whether a platform call may be paid. Never asked for a user's own LLM.
class balance {
public:
  virtual ~balance() = default;

  /// Thread: any loop thread; must not block. `noexcept`, as above.
  virtual bool may_pay(const tenant_id& tenant,
                       const user_id& user) noexcept = 0;
};

} // namespace byollm
