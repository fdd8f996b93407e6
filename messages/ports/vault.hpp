// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "../expected.hpp"
#include "../receipts.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace byollm {

/// An opened key in locked memory, wiped when it dies. Move-only, no printable
/// form.
class opened_key {
public:
  using wipe_fn = void (*)(char* bytes, size_t size) noexcept;

  /// Takes over `bytes`; `wipe` must clear and release them.
  opened_key(char* bytes, size_t size, wipe_fn wipe) noexcept
      : bytes_(bytes), size_(size), wipe_(wipe) {
    // nop
  }

  opened_key(opened_key&& other) noexcept
      : bytes_(std::exchange(other.bytes_, nullptr)),
        size_(std::exchange(other.size_, 0)),
        wipe_(other.wipe_) {
    // nop
  }

  opened_key& operator=(opened_key&&) = delete;
  opened_key(const opened_key&) = delete;
  opened_key& operator=(const opened_key&) = delete;

  ~opened_key() {
    if (bytes_)
      wipe_(bytes_, size_);
  }

  /// For the one place that writes the authentication header.
  std::string_view bytes() const noexcept {
    return {bytes_, size_};
  }

private:
  char* bytes_;
  size_t size_;
  wipe_fn wipe_;
};

/// The `up_to` of a credential that was deleted.
inline constexpr uint32_t every_key_version = UINT32_MAX;

/// Opens sealed keys. Thread-safe; never blocks on I/O.
class key_vault {
public:
  virtual ~key_vault() = default;

  /// Opens the key that `ticket` leases. The second redemption of a ticket
  /// fails, whoever tries. An empty key means that the target takes none.
  /// Errors: `secret_integrity` (does not open), `config_changed` (revoked),
  /// `unavailable` (redeemed before, or locked memory is used up).
  virtual expected<opened_key> redeem(const lease_ticket& ticket) = 0;

  /// Opens no version up to `up_to` of the credential `key_id` any more,
  /// whatever tickets are out: after this returns, `redeem` fails for them with
  /// `config_changed`. Remembered until the process ends; a credential that is
  /// stored later has another id.
  virtual void revoke(const std::string& key_id, uint32_t up_to) = 0;

  /// Seals `key` for `binding`. Errors: `unavailable`.
  virtual expected<sealed_key> seal(std::string_view key,
                                    const key_binding& binding)
    = 0;
};

/// A change of the master keys that is ready but for its last step. Until that
/// nothing is different, and what is ready goes with its object.
class staged_keys {
public:
  virtual ~staged_keys() = default;

  /// Makes the change: durable and in use when this returns. Once; blocks on
  /// files. Errors: `store_unavailable`, then nothing is different; also if
  /// another change was made meanwhile.
  virtual status keep() = 0;
};

using staged_keys_ptr = std::unique_ptr<staged_keys>;

/// Keeps the master keys. Thread-safe.
class master_key_vault {
public:
  virtual ~master_key_vault() = default;

  /// Wraps the data key of a sealed key under the current master key; the
  /// sealed data stays as it is. Errors: `secret_integrity`, `unavailable`.
  virtual expected<sealed_key> rewrap(const sealed_key& sealed,
                                      const key_binding& binding)
    = 0;

  /// The versions of the master keys, ascending; the last is the current one.
  virtual std::vector<uint32_t> versions() const = 0;

  /// Gets another master key ready, which will be the current one. The change
  /// must not outlive this. Errors: as key_ring::with_new_key. Blocks on files.
  virtual expected<staged_keys_ptr> add() = 0;

  /// Gets ready to forget a master key that wraps no stored key. What is in
  /// memory under it opens until the process ends: turns under way finish. The
  /// change must not outlive this. Errors: as key_ring::without. Blocks on
  /// files.
  virtual expected<staged_keys_ptr> drop(uint32_t version) = 0;
};

} // namespace byollm
