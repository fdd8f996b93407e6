// SPDX-License-Identifier: Apache-2.0
#include "app/vault/envelope.hpp"

#include "messages/limits.hpp"

#include <algorithm>
#include <array>

namespace byollm {

namespace {

constexpr std::array<uint8_t, 5> head = {'B', 'Y', 'L', '1', 1};

constexpr size_t kek_version_at = head.size();
constexpr size_t key_version_at = kek_version_at + 4;
constexpr size_t wrap_nonce_at = key_version_at + 4;
constexpr size_t wrapped_at = wrap_nonce_at + gcm_nonce_bytes;
constexpr size_t wrap_tag_at = wrapped_at + aes_key_bytes;
constexpr size_t nonce_at = wrap_tag_at + gcm_tag_bytes;
constexpr size_t size_at = nonce_at + gcm_nonce_bytes;
constexpr size_t sealed_at = size_at + 4;

static_assert(sealed_at + gcm_tag_bytes == envelope_overhead_bytes);

using bytes = std::vector<uint8_t>;

template <class Integer>
void put(bytes& out, Integer value) {
  for (auto shift = static_cast<int>(sizeof(value)) * 8 - 8; shift >= 0;
       shift -= 8)
    out.push_back(static_cast<uint8_t>(value >> shift));
}

void put_text(bytes& out, std::string_view text) {
  put(out, static_cast<uint32_t>(text.size()));
  out.insert(out.end(), text.begin(), text.end());
}

template <class Integer>
void put_sized(bytes& out, Integer value) {
  put(out, static_cast<uint32_t>(sizeof(value)));
  put(out, value);
}

uint32_t get_u32(byte_view from, size_t at) {
  uint32_t result = 0;
  for (auto byte : from.subspan(at, 4))
    result = result << 8 | byte;
  return result;
}

// Every field has its length before it, so that no two bindings give the same
// bytes.
bytes data_associated(const key_binding& binding) {
  constexpr std::string_view label = "byollm-aad-v1";
  bytes result{label.begin(), label.end()};
  put_text(result, binding.tenant);
  put_text(result, binding.user);
  put_text(result, binding.provider);
  put_text(result, binding.origin);
  put_text(result, binding.key_id);
  put_sized(result, binding.row_version);
  put_sized(result, binding.key_version);
  return result;
}

// The master key's version is bound to the wrapping alone, so that a new master
// key rewraps the data key and leaves the sealed data as it is.
bytes wrap_associated(bytes data, uint32_t kek_version) {
  constexpr std::string_view label = "wrap";
  data.insert(data.end(), label.begin(), label.end());
  put(data, kek_version);
  return data;
}

template <size_t Size>
std::span<const uint8_t, Size> part(byte_view from, size_t at) {
  return from.subspan(at).first<Size>();
}

template <size_t Size>
std::span<uint8_t, Size> part(bytes& from, size_t at) {
  return std::span{from}.subspan(at).first<Size>();
}

std::span<const uint8_t, aes_key_bytes> as_key(const secret_bytes& key) {
  return key.bytes().first<aes_key_bytes>();
}

failure does_not_open() {
  return {errc::secret_integrity, "the stored key does not open"};
}

bool is_well_formed(byte_view envelope, const key_binding& binding) {
  return envelope.size() >= envelope_overhead_bytes
         && envelope.size() <= envelope_overhead_bytes + limits::key_bytes_max
         && std::equal(head.begin(), head.end(), envelope.begin())
         && get_u32(envelope, key_version_at) == binding.key_version
         && get_u32(envelope, size_at)
              == envelope.size() - envelope_overhead_bytes;
}

expected<secret_bytes> open_data_key(const key_ring& ring, byte_view in,
                                     const bytes& associated) {
  const auto* master = ring.find(get_u32(in, kek_version_at));
  if (!master)
    return does_not_open();
  auto data_key = secret_bytes::make(aes_key_bytes);
  if (!data_key)
    return data_key;
  auto done = aes_gcm_open(
    as_key(master->wrap), part<gcm_nonce_bytes>(in, wrap_nonce_at),
    wrap_associated(associated, master->version()),
    part<aes_key_bytes>(in, wrapped_at), part<gcm_tag_bytes>(in, wrap_tag_at),
    data_key->bytes());
  if (!done)
    return done.error();
  return data_key;
}

// Writes the master key's version, nonce, wrapped data key and tag.
status wrap_data_key(const ring_key& master, const secret_bytes& data_key,
                     bytes associated, bytes& out) {
  for (size_t i = 0; i < 4; ++i)
    out[kek_version_at + i]
      = static_cast<uint8_t>(master.version() >> (24 - 8 * i));
  auto nonce = part<gcm_nonce_bytes>(out, wrap_nonce_at);
  if (auto got = random_bytes(nonce, false); !got)
    return got;
  return aes_gcm_seal(as_key(master.wrap), nonce,
                      wrap_associated(std::move(associated), master.version()),
                      data_key.bytes(), part<aes_key_bytes>(out, wrapped_at),
                      part<gcm_tag_bytes>(out, wrap_tag_at));
}

} // namespace

expected<sealed_key> seal_envelope(const key_ring& ring, std::string_view key,
                                   const key_binding& binding) {
  if (key.size() > limits::key_bytes_max)
    return failure{errc::limit_exceeded, "the key is too long", "key"};
  auto data_key = secret_bytes::make(aes_key_bytes);
  if (!data_key)
    return data_key.error();
  if (auto got = random_bytes(data_key->bytes(), true); !got)
    return got.error();
  bytes out{head.begin(), head.end()};
  put(out, uint32_t{0}); // the master key's version comes with the wrapping
  put(out, binding.key_version);
  out.resize(size_at);
  put(out, static_cast<uint32_t>(key.size()));
  out.resize(envelope_overhead_bytes + key.size());
  auto nonce = part<gcm_nonce_bytes>(out, nonce_at);
  if (auto got = random_bytes(nonce, false); !got)
    return got.error();
  auto associated = data_associated(binding);
  auto done
    = aes_gcm_seal(as_key(*data_key), nonce, associated,
                   {reinterpret_cast<const uint8_t*>(key.data()), key.size()},
                   std::span{out}.subspan(sealed_at, key.size()),
                   part<gcm_tag_bytes>(out, sealed_at + key.size()));
  if (done)
    done = wrap_data_key(ring.current(), *data_key, std::move(associated), out);
  if (!done)
    return done.error();
  return sealed_key{std::move(out)};
}

expected<secret_bytes> open_envelope(const key_ring& ring,
                                     const sealed_key& sealed,
                                     const key_binding& binding) {
  byte_view in = sealed.envelope;
  if (!is_well_formed(in, binding))
    return does_not_open();
  auto size = in.size() - envelope_overhead_bytes;
  auto plain = secret_bytes::make(size);
  if (!plain)
    return plain;
  auto associated = data_associated(binding);
  auto data_key = open_data_key(ring, in, associated);
  if (!data_key)
    return data_key;
  auto done
    = aes_gcm_open(as_key(*data_key), part<gcm_nonce_bytes>(in, nonce_at),
                   associated, in.subspan(sealed_at, size),
                   part<gcm_tag_bytes>(in, sealed_at + size), plain->bytes());
  if (!done)
    return done.error();
  return plain;
}

expected<sealed_key> rewrap_envelope(const key_ring& ring,
                                     const sealed_key& sealed,
                                     const key_binding& binding) {
  if (!is_well_formed(sealed.envelope, binding))
    return does_not_open();
  auto associated = data_associated(binding);
  auto data_key = open_data_key(ring, sealed.envelope, associated);
  if (!data_key)
    return data_key.error();
  auto result = sealed;
  auto done = wrap_data_key(ring.current(), *data_key, std::move(associated),
                            result.envelope);
  if (!done)
    return done.error();
  return result;
}

uint32_t master_key_of(std::span<const uint8_t> envelope) noexcept {
  return envelope.size() < envelope_overhead_bytes
           ? 0
           : get_u32(envelope, kek_version_at);
}

} // namespace byollm
