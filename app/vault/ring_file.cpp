// SPDX-License-Identifier: Apache-2.0
#include "app/vault/ring_file.hpp"

#include "app/vault/private_files.hpp"
#include "messages/limits.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace byollm {

namespace fs = std::filesystem;

namespace {

constexpr std::array<uint8_t, 4> magic = {'B', 'Y', 'L', 'R'};
constexpr uint8_t first_format = 1;
constexpr uint8_t format = 2;
constexpr size_t head_bytes = magic.size() + 1 + 4;
constexpr size_t entry_bytes = 4 + ring_salt_bytes + ring_check_bytes;
constexpr size_t tail_bytes
  = gcm_nonce_bytes + aes_key_bytes + gcm_tag_bytes + sizeof(sha256_digest);

using bytes = std::vector<uint8_t>;

void put(bytes& out, uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8)
    out.push_back(static_cast<uint8_t>(value >> shift));
}

template <size_t Size>
void put(bytes& out, const std::array<uint8_t, Size>& value) {
  out.insert(out.end(), value.begin(), value.end());
}

/// Reads what is known to be there.
class reader {
public:
  explicit reader(byte_view from) : left_(from) {
    // nop
  }

  uint32_t number() {
    std::array<uint8_t, 4> digits;
    take(digits);
    uint32_t result = 0;
    for (auto digit : digits)
      result = result << 8 | digit;
    return result;
  }

  template <size_t Size>
  void take(std::array<uint8_t, Size>& out) {
    std::copy_n(left_.begin(), Size, out.begin());
    left_ = left_.subspan(Size);
  }

private:
  byte_view left_;
};

failure damaged(const fs::path& file) {
  return file_failure("not a key ring:", file, 0, "restore it from a backup");
}

bool is_ascending(const std::vector<ring_entry>& entries) {
  uint32_t last = 0;
  for (const auto& entry : entries)
    if (entry.version <= std::exchange(last, entry.version))
      return false;
  return true;
}

size_t size_of(uint8_t is_format, uint32_t count) {
  return head_bytes + count * entry_bytes
         + (is_format == first_format ? 0 : tail_bytes);
}

} // namespace

std::vector<uint8_t> bytes_under_mac(const ring_file& ring) {
  bytes out{magic.begin(), magic.end()};
  out.push_back(format);
  put(out, static_cast<uint32_t>(ring.entries.size()));
  for (const auto& entry : ring.entries) {
    put(out, entry.version);
    put(out, entry.salt);
    put(out, entry.check);
  }
  put(out, ring.audit->nonce);
  put(out, ring.audit->sealed);
  put(out, ring.audit->tag);
  return out;
}

std::vector<uint8_t> to_bytes(const ring_file& ring) {
  auto out = bytes_under_mac(ring);
  put(out, ring.mac);
  return out;
}

expected<ring_file> read_ring_file(const fs::path& file) {
  auto text = read_private_text(file, size_of(format, limits::master_keys_max));
  if (!text)
    return text.error();
  byte_view content{reinterpret_cast<const uint8_t*>(text->data()),
                    text->size()};
  if (content.size() < head_bytes
      || !std::equal(magic.begin(), magic.end(), content.begin()))
    return damaged(file);
  auto is_format = content[magic.size()];
  if (is_format == 0 || is_format > format)
    return failure{errc::store_newer, "a newer version wrote " + file.string()};
  reader from{content.subspan(magic.size() + 1)};
  auto count = from.number();
  if (count == 0 || count > limits::master_keys_max
      || (is_format == first_format && count != 1)
      || content.size() != size_of(is_format, count))
    return damaged(file);
  ring_file ring;
  ring.entries.resize(count);
  for (auto& entry : ring.entries) {
    entry.version = from.number();
    from.take(entry.salt);
    from.take(entry.check);
  }
  if (!is_ascending(ring.entries))
    return damaged(file);
  if (is_format != first_format) {
    auto& audit = ring.audit.emplace();
    from.take(audit.nonce);
    from.take(audit.sealed);
    from.take(audit.tag);
    from.take(ring.mac);
  }
  return ring;
}

} // namespace byollm
