// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ids.hpp"
#include "origin.hpp"
#include "reply.hpp"
#include "trust.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace byollm {

/// A key as it lies in the store: ciphertext only.
struct sealed_key {
  std::vector<uint8_t> envelope;
};

struct user_owner {
  tenant_id tenant;
  user_id user;

  bool operator==(const user_owner&) const = default;
};

struct platform_owner {
  bool operator==(const platform_owner&) const = default;
};

/// Where `Owner`'s LLM listens.
template <class Owner>
struct endpoint {
  Owner owner;
  /// A name of the catalog: "anthropic", "openai", "local-ollama".
  std::string provider;
  base_url url;
  reach allowed = reach::public_only;
  /// Who may vouch for that server beside those for all; null for nobody else.
  ca_bundle_ptr trust = {};
};

/// `Owner`'s key, unopened, and everything it is bound to. A host says by
/// `from_source` or `without_key` which it is.
template <class Owner>
struct credential {
  /// A key that the host's `credential_source` opens, by its binding.
  static credential from_source(Owner owner, std::string provider, origin at,
                                std::string id, uint32_t version = 1) {
    auto made = without_key(std::move(owner), std::move(provider),
                            std::move(at), std::move(id), version);
    made.sealed = std::make_shared<const sealed_key>();
    return made;
  }

  /// No key (a local Ollama); calls go out without one.
  static credential without_key(Owner owner, std::string provider, origin at,
                                std::string id, uint32_t version = 1) {
    return {std::move(owner), std::move(provider),
            std::move(at),    std::move(id),
            version,          1,
            nullptr};
  }

  Owner owner;
  std::string provider;
  origin at;
  /// Names the key; stable over its versions.
  std::string id;
  /// Counts the keys that were stored under this id, from 1.
  uint32_t version = 1;
  /// Counts the writes of the row that holds it, from 1.
  uint64_t row_version = 1;
  /// Null: no key, never one to be filled in from elsewhere. Without bytes: the
  /// host's `credential_source` has it.
  std::shared_ptr<const sealed_key> sealed = {};
};

/// What a sealed key's associated data binds; the vault rebuilds it to open
/// one.
struct key_binding {
  std::string tenant; ///< Empty for the platform.
  std::string user;   ///< Empty for the platform.
  std::string provider;
  std::string origin;
  std::string key_id;
  uint64_t row_version = 0;
  uint32_t key_version = 0;
};

/// An LLM that can be called: endpoint, model and key as one value that cannot
/// be taken apart. Immutable; shared between actors and ports.
class llm_target {
public:
  using ptr = std::shared_ptr<const llm_target>;

  /// The one way to make a target. A platform key does not combine with a
  /// user's endpoint: that does not compile. Errors: `key_rebind` if the key
  /// was entered for another owner, provider or origin.
  template <class Owner>
  static expected<ptr> bind(const endpoint<Owner>& to,
                            const credential<Owner>& with, std::string model,
                            std::string embedding_model = {}) {
    if (!(to.owner == with.owner) || to.provider != with.provider
        || to.url.at() != with.at)
      return failure{errc::key_rebind,
                     "the key was entered for another provider or origin"};
    return ptr{new llm_target(to.provider, std::move(model),
                              std::move(embedding_model), to.url, to.allowed,
                              to.trust, binding_of(with), with.sealed,
                              billing_of(with.owner))};
  }

  const std::string& provider() const noexcept {
    return provider_;
  }

  const std::string& model() const noexcept {
    return model_;
  }

  /// Makes vectors of texts; empty: the provider's own choice.
  const std::string& embedding_model() const noexcept {
    return embedding_model_;
  }

  const base_url& url() const noexcept {
    return url_;
  }

  reach allowed() const noexcept {
    return allowed_;
  }

  /// Null: nobody beside those who vouch for all.
  const ca_bundle_ptr& trust() const noexcept {
    return trust_;
  }

  const key_binding& binding() const noexcept {
    return binding_;
  }

  /// Null: this LLM takes no key.
  const std::shared_ptr<const sealed_key>& sealed() const noexcept {
    return sealed_;
  }

  billing_class billing() const noexcept {
    return billing_;
  }

  bool is_byollm() const noexcept {
    return billing_ == billing_class::byollm;
  }

  /// (tenant, user, credential version, origin, trust), or (platform,
  /// credential version, origin): what pools, breakers, caps and queues are
  /// keyed by.
  const std::string& isolation_key() const noexcept {
    return isolation_key_;
  }

  /// Returns the part of it that all versions of the credential share, at any
  /// origin and with any trust.
  BYOLLM_API std::string_view credential_key() const noexcept;

private:
  BYOLLM_API llm_target(std::string provider, std::string model,
                        std::string embedding_model, base_url url,
                        reach allowed, ca_bundle_ptr trust, key_binding binding,
                        std::shared_ptr<const sealed_key> sealed,
                        billing_class billing);

  template <class Owner>
  static key_binding binding_of(const credential<Owner>& from) {
    auto [tenant, user] = names_of(from.owner);
    return {tenant,        user,    from.provider,
            from.at.str(), from.id, from.row_version,
            from.version};
  }

  static std::pair<std::string, std::string> names_of(const user_owner& who) {
    return {who.tenant.str(), who.user.str()};
  }

  static std::pair<std::string, std::string> names_of(const platform_owner&) {
    return {};
  }

  static billing_class billing_of(const user_owner&) noexcept {
    return billing_class::byollm;
  }

  static billing_class billing_of(const platform_owner&) noexcept {
    return billing_class::platform;
  }

  std::string provider_;
  std::string model_;
  std::string embedding_model_;
  base_url url_;
  reach allowed_;
  ca_bundle_ptr trust_;
  key_binding binding_;
  std::shared_ptr<const sealed_key> sealed_;
  billing_class billing_;
  std::string isolation_key_;
};

} // namespace byollm
