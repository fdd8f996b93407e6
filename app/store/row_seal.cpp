// SPDX-License-Identifier: Apache-2.0
#include "app/store/row_seal.hpp"

#include <algorithm>
#include <array>
#include <openssl/crypto.h>
#include <string>

namespace byollm {

namespace {

byte_view as_bytes(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

std::array<uint8_t, 8> digits_of(uint64_t value) {
  std::array<uint8_t, 8> result;
  for (size_t i = 0; i < result.size(); ++i)
    result[i] = static_cast<uint8_t>(value >> (56 - 8 * i));
  return result;
}

sha256_digest derive(byte_view key, std::string_view purpose) {
  hmac_sha256 mac{key};
  mac.update(as_bytes(purpose));
  return mac.finish();
}

/// Adds fields so that no two rows give the same bytes.
class fields_to {
public:
  explicit fields_to(hmac_sha256& to) : to_(to) {
    // nop
  }

  fields_to& add(std::string_view text) {
    add(text.size());
    to_.update(as_bytes(text));
    return *this;
  }

  fields_to& add(uint64_t number) {
    to_.update(digits_of(number));
    return *this;
  }

private:
  hmac_sha256& to_;
};

sha256_digest digest(hmac_sha256& by, std::string_view slot,
                     const stored_user_config& row) {
  fields_to to{by};
  to.add(slot)
    .add(row.tenant)
    .add(row.user)
    .add(row.provider)
    .add(row.model)
    .add(row.base_url)
    .add(uint64_t{row.enabled})
    .add(uint64_t{row.admin_disabled})
    .add(static_cast<uint64_t>(row.fallback))
    .add(row.epoch)
    .add(row.key_id)
    .add(uint64_t{row.key_version})
    .add(row.row_version)
    .add(row.change_seq)
    .add(uint64_t{!row.envelope.empty()});
  // Later than the others: rows without it have the bytes that they had.
  if (!row.embedding_model.empty())
    to.add(row.embedding_model);
  return by.finish();
}

} // namespace

expected<row_seal> row_seal::open(database& db, byte_view key) {
  row_seal result{derive(key, "byollm/v1/config-tag"),
                  derive(key, "byollm/v1/config-row"),
                  derive(key, "byollm/v1/config-seal")};
  auto load = db.prepare("SELECT rows, sum, mac, covered FROM config_seal "
                         "WHERE id = 1");
  if (!load)
    return load.error();
  auto save = db.prepare("INSERT OR REPLACE INTO config_seal "
                         "(id, rows, sum, mac, covered) "
                         "VALUES (1, ?1, ?2, ?3, ?4)");
  if (!save)
    return save.error();
  result.load_ = *std::move(load);
  result.save_ = *std::move(save);
  return result;
}

sha256_digest row_seal::mac_of(std::string_view slot,
                               const stored_user_config& row) {
  return digest(row_, slot, row);
}

void row_seal::count(content& in, std::string_view slot,
                     const stored_user_config& row, bool is_there) {
  auto tag = digest(tag_, slot, row);
  for (size_t i = 0; i < tag.size(); ++i)
    in.sum[i] ^= tag[i];
  in.rows += is_there ? 1 : -1;
}

sha256_digest row_seal::mac_of(const content& what) {
  mac_.update(digits_of(static_cast<uint64_t>(what.rows)));
  mac_.update(digits_of(what.covered));
  mac_.update(what.sum);
  return mac_.finish();
}

expected<std::optional<row_seal::content>> row_seal::load() {
  reset_at_end guard{load_};
  auto found = load_.step();
  if (!found)
    return found.error();
  auto sum = *found ? load_.blob(1) : byte_view{};
  auto mac = *found ? load_.blob(2) : byte_view{};
  content what;
  if (sum.size() != what.sum.size() || mac.size() != what.sum.size())
    return std::optional<content>{};
  what.rows = load_.integer(0);
  what.covered = static_cast<uint64_t>(load_.integer(3));
  std::copy(sum.begin(), sum.end(), what.sum.begin());
  auto wanted = mac_of(what);
  if (CRYPTO_memcmp(wanted.data(), mac.data(), mac.size()) != 0)
    return std::optional<content>{};
  return std::optional{what};
}

expected<bool> row_seal::is_fresh() {
  reset_at_end guard{load_};
  auto found = load_.step();
  if (!found)
    return found.error();
  return *found && load_.integer(0) == -1;
}

status row_seal::save(const content& what) {
  auto mac = mac_of(what);
  return save_.bind(1, what.rows)
    .bind(2, byte_view{what.sum})
    .bind(3, byte_view{mac})
    .bind(4, as_sql(what.covered))
    .run();
}

} // namespace byollm
