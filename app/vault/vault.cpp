// SPDX-License-Identifier: Apache-2.0
#include "app/vault/vault.hpp"

#include "app/vault/envelope.hpp"
#include "app/vault/private_files.hpp"
#include "messages/limits.hpp"
#include "messages/ports/thread_log.hpp"
#include "messages/registers.hpp"

#include <algorithm>
#include <exception>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

namespace byollm {

namespace {

opened_key to_opened_key(secret_bytes from) {
  auto size = from.bytes().size();
  return {from.release(), size, wipe_secret};
}

class embedded_vault final : public vault {
public:
  embedded_vault(key_ring ring, std::unique_ptr<master_key_source> from,
                 std::shared_ptr<credential_source> keys)
      : from_(std::move(from)),
        keys_(std::move(keys)),
        ring_(std::make_shared<const key_ring>(std::move(ring))) {
    // nop
  }

  expected<opened_key> redeem(const lease_ticket& ticket) override {
    if (!ticket.redeem())
      return failure{errc::unavailable, "this lease was redeemed before"};
    const auto& target = *ticket.target();
    auto ring = ring_for(target.binding());
    if (!ring)
      return failure{errc::config_changed,
                     "the key of this turn was replaced or deleted"};
    if (!target.sealed())
      return opened_key{nullptr, 0, wipe_secret};
    auto key = keys_ ? ask_host(target.binding())
                     : open_envelope(*ring, *target.sealed(), target.binding());
    wipe_registers();
    if (!key)
      return std::move(key).error();
    return to_opened_key(*std::move(key));
  }

  void revoke(const std::string& key_id, uint32_t up_to) override {
    std::lock_guard guard{mutex_};
    auto& over = revoked_[key_id];
    over = std::max(over, up_to);
  }

  expected<sealed_key> seal(std::string_view key,
                            const key_binding& binding) override {
    return seal_envelope(*ring(), key, binding);
  }

  expected<sealed_key> rewrap(const sealed_key& sealed,
                              const key_binding& binding) override {
    return rewrap_envelope(*ring(), sealed, binding);
  }

  std::vector<uint32_t> versions() const override {
    return ring()->versions();
  }

  expected<staged_keys_ptr> add() override {
    auto before = ring();
    std::lock_guard changing{changing_};
    return staged(before, before->with_new_key(*from_));
  }

  expected<staged_keys_ptr> drop(uint32_t version) override {
    auto before = ring();
    std::lock_guard changing{changing_};
    return staged(before, before->without(version, *from_));
  }

  expected<secret_bytes> audit_subkey() const override {
    return secret_bytes::copy_of(ring()->audit().bytes());
  }

private:
  using ring_ptr = std::shared_ptr<const key_ring>;

  ring_ptr ring() const {
    std::lock_guard guard{mutex_};
    return ring_;
  }

  class change final : public staged_keys {
  public:
    change(embedded_vault& of, ring_ptr before, next_ring next)
        : of_(of), before_(std::move(before)), next_(std::move(next)) {
      // nop
    }

    status keep() override {
      return of_.keep(before_, next_);
    }

  private:
    embedded_vault& of_;
    ring_ptr before_;
    next_ring next_;
  };

  expected<staged_keys_ptr> staged(ring_ptr before, expected<next_ring> next) {
    if (!next)
      return next.error();
    return staged_keys_ptr{
      std::make_unique<change>(*this, std::move(before), *std::move(next))};
  }

  status keep(const ring_ptr& before, next_ring& next) {
    std::lock_guard changing{changing_};
    if (ring() != before)
      return failure{errc::store_unavailable,
                     "the master keys were changed meanwhile; ask again"};
    auto kept = next.keep();
    if (!kept)
      return kept.error();
    auto changed = std::make_shared<const key_ring>(*std::move(kept));
    std::lock_guard guard{mutex_};
    ring_ = std::move(changed);
    return unit{};
  }

  // Null if this version of the credential was revoked.
  ring_ptr ring_for(const key_binding& key) {
    std::lock_guard guard{mutex_};
    auto it = revoked_.find(key.key_id);
    auto is_over = it != revoked_.end() && key.key_version <= it->second;
    return is_over ? nullptr : ring_;
  }

  // Whatever the host does, the caller gets a whole key or a failure.
  expected<secret_bytes> ask_host(const key_binding& binding) {
    std::optional<expected<secret_bytes>> copied;
    auto take = [&copied](std::string_view key) {
      if (key.size() > limits::key_bytes_max)
        copied = failure{errc::invalid_key, "the host's key is too long"};
      else
        copied = secret_bytes::copy_of(
          {reinterpret_cast<const uint8_t*>(key.data()), key.size()});
    };
    try {
      if (auto opened = keys_->open(binding, take); !opened)
        return opened.error();
    } catch (...) {
      log_host_threw("credential_source");
      return failure{errc::unavailable, "the host's secret store threw"};
    }
    if (!copied)
      return failure{errc::unavailable, "the host's secret store gave no key"};
    return *std::move(copied);
  }

  const std::unique_ptr<master_key_source> from_;
  const std::shared_ptr<credential_source> keys_;
  // One change of the ring at a time; they are made on files.
  std::mutex changing_;
  // Asked by every loop, told by the auth gateway.
  mutable std::mutex mutex_;
  ring_ptr ring_;
  // By credential, the last version that is opened no more.
  std::unordered_map<std::string, uint32_t> revoked_;
};

expected<std::unique_ptr<master_key_source>>
find_master_keys(const std::filesystem::path& directory,
                 const std::string& variable) {
  auto given = master_keys_from_environment(variable);
  if (!given || !*given) {
    if (given)
      *given = master_keys_in(directory);
    return given;
  }
  std::error_code error;
  auto file = directory / "master.key";
  if (std::filesystem::exists(std::filesystem::symlink_status(file, error)))
    return file_failure("master keys both in " + variable + " and in", file, 0,
                        "keep one of the two");
  return given;
}

} // namespace

expected<std::unique_ptr<vault>> open_vault(vault_options options) {
  auto directory = open_private_directory(options.data_directory);
  if (!directory)
    return directory.error();
  try {
    auto from = find_master_keys(*directory, options.master_key_variable);
    if (!from)
      return from.error();
    auto ring = key_ring::open(*directory, **from);
    if (!ring)
      return ring.error();
    return std::unique_ptr<vault>{std::make_unique<embedded_vault>(
      *std::move(ring), *std::move(from), std::move(options.keys))};
  } catch (const std::exception& broken) {
    return failure{errc::unavailable, broken.what()};
  }
}

} // namespace byollm
