// SPDX-License-Identifier: Apache-2.0
#include "app/vault/vault.hpp"

#include "app/vault/envelope.hpp"
#include "app/vault/private_files.hpp"
#include "messages/limits.hpp"

#include <exception>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_set>

namespace byollm {

namespace {

opened_key to_opened_key(secret_bytes from) {
  auto size = from.bytes().size();
  return {from.release(), size, wipe_secret};
}

class embedded_vault final : public vault {
public:
  embedded_vault(key_ring ring, std::shared_ptr<credential_source> keys)
      : ring_(std::move(ring)), keys_(std::move(keys)) {
    // nop
  }

  expected<opened_key> redeem(const lease_ticket& ticket) override {
    if (!ticket.redeem())
      return failure{errc::unavailable, "this lease was redeemed before"};
    const auto& target = *ticket.target();
    if (is_revoked(target.binding().key_id))
      return failure{errc::config_changed, "the key of this turn was deleted"};
    if (!target.sealed())
      return opened_key{nullptr, 0, wipe_secret};
    auto key = keys_ ? ask_host(target.binding())
                     : open_envelope(ring_, *target.sealed(), target.binding());
    if (!key)
      return std::move(key).error();
    return to_opened_key(*std::move(key));
  }

  void revoke(const std::string& key_id) override {
    std::lock_guard guard{mutex_};
    revoked_.insert(key_id);
  }

  expected<sealed_key> seal(std::string_view key,
                            const key_binding& binding) override {
    return seal_envelope(ring_, key, binding);
  }

  expected<secret_bytes> audit_subkey() const override {
    return secret_bytes::copy_of(ring_.current().audit.bytes());
  }

private:
  bool is_revoked(const std::string& key_id) {
    std::lock_guard guard{mutex_};
    return revoked_.count(key_id) != 0;
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
    } catch (const std::exception&) {
      return failure{errc::unavailable, "the host's secret store threw"};
    }
    if (!copied)
      return failure{errc::unavailable, "the host's secret store gave no key"};
    return *std::move(copied);
  }

  key_ring ring_;
  std::shared_ptr<credential_source> keys_;
  // Asked by every loop, told by the auth gateway.
  std::mutex mutex_;
  std::unordered_set<std::string> revoked_;
};

} // namespace

expected<std::unique_ptr<vault>>
open_vault(const std::filesystem::path& data_directory,
           std::shared_ptr<credential_source> keys) {
  auto directory = open_private_directory(data_directory);
  if (!directory)
    return directory.error();
  try {
    auto ring = key_ring::open(*directory);
    if (!ring)
      return ring.error();
    return std::unique_ptr<vault>{
      std::make_unique<embedded_vault>(*std::move(ring), std::move(keys))};
  } catch (const std::exception& broken) {
    return failure{errc::unavailable, broken.what()};
  }
}

} // namespace byollm
