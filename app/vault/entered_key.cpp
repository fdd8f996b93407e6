// SPDX-License-Identifier: Apache-2.0
#include "app/vault/entered_key.hpp"

#include "app/vault/secret_bytes.hpp"
#include "messages/limits.hpp"

#include <atomic>

namespace byollm {

namespace {

// Of the process, as the locked memory is.
std::atomic<size_t> present{0};

bool take_place() noexcept {
  if (present.fetch_add(1) < limits::entered_keys_max)
    return true;
  present.fetch_sub(1);
  return false;
}

void leave(char* bytes, size_t size) noexcept {
  wipe_secret(bytes, size);
  present.fetch_sub(1);
}

} // namespace

expected<std::shared_ptr<const opened_key>>
lock_entered_key(std::string_view entered) {
  // Before anything is allocated: locked memory is everybody's.
  if (entered.size() > limits::key_bytes_max)
    return failure{errc::invalid_key, "the key has more than 4,096 bytes",
                   "key"};
  if (!take_place())
    return failure{errc::overloaded, "too many keys are being stored"};
  auto copy = secret_bytes::copy_of(
    {reinterpret_cast<const uint8_t*>(entered.data()), entered.size()});
  if (!copy) {
    present.fetch_sub(1);
    return std::move(copy).error();
  }
  return std::make_shared<const opened_key>(copy->release(), entered.size(),
                                            leave);
}

} // namespace byollm
