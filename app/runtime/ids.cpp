// SPDX-License-Identifier: Apache-2.0
#include "app/runtime/ids.hpp"

#include "messages/calendar.hpp"

#include <openssl/rand.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <random>

namespace byollm {

namespace {

// A call to the generator costs about a microsecond; one fills many ids.
class byte_pool {
public:
  void take(uint8_t* out, size_t size) {
    if (used_ + size > pool_.size()) {
      if (RAND_bytes(pool_.data(), static_cast<int>(pool_.size())) != 1)
        std::abort(); // a machine without randomness can keep no promise
      used_ = 0;
    }
    std::memcpy(out, pool_.data() + used_, size);
    used_ += size;
  }

private:
  std::array<uint8_t, 1'024> pool_;
  size_t used_ = pool_.size();
};

} // namespace

std::string new_uuid() {
  static constexpr char hex[] = "0123456789abcdef";
  thread_local byte_pool source;
  std::array<uint8_t, 16> id;
  source.take(id.data() + 6, 10);
  auto ms = static_cast<uint64_t>(unix_ms_now());
  for (size_t i = 0; i < 6; ++i)
    id[i] = static_cast<uint8_t>(ms >> (40 - 8 * i));
  id[6] = static_cast<uint8_t>(0x70 | (id[6] & 0x0f));
  id[8] = static_cast<uint8_t>(0x80 | (id[8] & 0x3f));
  std::string out;
  out.reserve(36);
  for (size_t i = 0; i < id.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10)
      out += '-';
    out += hex[id[i] >> 4];
    out += hex[id[i] & 15];
  }
  return out;
}

double jitter() {
  thread_local std::minstd_rand engine{std::random_device{}()};
  return std::uniform_real_distribution<double>{0.0, 1.0}(engine);
}

} // namespace byollm
