// SPDX-License-Identifier: Apache-2.0
#include "app/store/config_table.hpp"

#include "app/store/parameters_json.hpp"
#include "app/vault/envelope.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace byollm {

const char* const llm_columns
  = "provider, model, base_url, enabled, admin_disabled, fallback, epoch, "
    "key_id, key_version, row_version, envelope, change_seq, "
    "embedding_model";

stored_user_config read_llm(const statement& row) {
  stored_user_config result;
  result.provider = row.text(0);
  result.model = row.text(1);
  result.base_url = row.text(2);
  result.enabled = row.integer(3) != 0;
  result.admin_disabled = row.integer(4) != 0;
  result.fallback = static_cast<fallback_policy>(row.integer(5));
  result.epoch = static_cast<uint64_t>(row.integer(6));
  result.key_id = row.text(7);
  result.key_version = static_cast<uint32_t>(row.integer(8));
  result.row_version = static_cast<uint64_t>(row.integer(9));
  auto envelope = row.blob(10);
  result.envelope.assign(envelope.begin(), envelope.end());
  result.change_seq = static_cast<uint64_t>(row.integer(11));
  result.embedding_model = row.text(12);
  return result;
}

expected<config_table> config_table::open(database& db, byte_view key) {
  auto seal = row_seal::open(db, key);
  if (!seal)
    return seal.error();
  config_table result{*std::move(seal)};
  auto select = std::string{"SELECT "} + llm_columns;
  auto load = select
              + " FROM llm_config "
                "WHERE slot = ?1 AND tenant = ?2 AND user = ?3";
  auto listed = select
                + ", user FROM llm_config WHERE slot = 'user' AND tenant = ?1 "
                  "AND user > ?2 ORDER BY user LIMIT ?3";
  auto each = select + ", slot, tenant, user, mac FROM llm_config";
  auto save = std::string{"INSERT OR REPLACE INTO llm_config ("} + llm_columns
              + ", slot, tenant, user, mac) VALUES (?1, ?2, ?3, ?4, ?5, ?6, "
                "?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)";
  const std::array queries = {
    std::pair{&result.load_llm_, load.c_str()},
    std::pair{&result.each_llm_, each.c_str()},
    std::pair{&result.list_users_, listed.c_str()},
    std::pair{&result.save_llm_, save.c_str()},
    std::pair{&result.set_change_,
              "UPDATE llm_config SET change_seq = ?4, mac = ?5 "
              "WHERE slot = ?1 AND tenant = ?2 AND user = ?3"},
    std::pair{&result.remove_llm_,
              "DELETE FROM llm_config "
              "WHERE slot = ?1 AND tenant = ?2 AND user = ?3"},
    std::pair{&result.load_platform_,
              "SELECT parameters, when_disabled, caller_may_name_model, "
              "ambiguous_retries, version, unknown_price "
              "FROM platform_config WHERE id = 1"},
    std::pair{&result.save_platform_,
              "INSERT OR REPLACE INTO platform_config (id, parameters, "
              "when_disabled, caller_may_name_model, ambiguous_retries, "
              "version, unknown_price) VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6)"},
    std::pair{&result.load_prices_,
              "SELECT provider, model, effective_unix_ms, version, "
              "input_uncached, cache_read, cache_write, output "
              "FROM price ORDER BY provider, model, effective_unix_ms"},
    std::pair{&result.save_price_,
              "INSERT INTO price (provider, model, effective_unix_ms, version, "
              "input_uncached, cache_read, cache_write, output) "
              "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"},
    std::pair{&result.clear_prices_, "DELETE FROM price"},
    std::pair{&result.load_allowed_,
              "SELECT origin FROM allowed_origin WHERE tenant = ?1 "
              "ORDER BY origin"},
    std::pair{&result.save_allowed_,
              "INSERT OR IGNORE INTO allowed_origin (tenant, origin) "
              "VALUES (?1, ?2)"},
    std::pair{&result.clear_allowed_,
              "DELETE FROM allowed_origin WHERE tenant = ?1"},
    std::pair{&result.load_trust_,
              "SELECT pem, fingerprint, certificates FROM tenant_trust "
              "WHERE tenant = ?1"},
    std::pair{&result.save_trust_,
              "INSERT OR REPLACE INTO tenant_trust (tenant, pem, fingerprint, "
              "certificates) VALUES (?1, ?2, ?3, ?4)"},
    std::pair{&result.remove_trust_,
              "DELETE FROM tenant_trust WHERE tenant = ?1"},
  };
  for (auto& [target, sql] : queries) {
    auto prepared = db.prepare(sql);
    if (!prepared)
      return prepared.error();
    *target = *std::move(prepared);
  }
  return result;
}

// -- one LLM ------------------------------------------------------------------

expected<std::optional<stored_user_config>>
config_table::read_row(std::string_view slot, std::string_view tenant,
                       std::string_view user) {
  reset_at_end guard{load_llm_};
  auto found = load_llm_.bind(1, slot).bind(2, tenant).bind(3, user).step();
  if (!found)
    return found.error();
  if (!*found)
    return std::optional<stored_user_config>{};
  auto result = read_llm(load_llm_);
  result.tenant = tenant;
  result.user = user;
  return std::optional{std::move(result)};
}

stored_user_config config_table::stale_row(std::string_view tenant,
                                           std::string_view user) {
  stored_user_config stale;
  stale.tenant = tenant;
  stale.user = user;
  stale.is_stale = true;
  return stale;
}

expected<std::optional<stored_user_config>>
config_table::load_llm(std::string_view slot, std::string_view tenant,
                       std::string_view user) {
  auto row = read_row(slot, tenant, user);
  if (!row || !is_stale(slot, tenant, user))
    return row;
  return std::optional{stale_row(tenant, user)};
}

status config_table::save_llm(std::string_view slot, std::string_view tenant,
                              std::string_view user,
                              const stored_user_config& row) {
  // The platform's settings are saved together: what is stale stays as it is.
  if (row.is_stale)
    return unit{};
  auto old = read_row(slot, tenant, user);
  if (!old)
    return old.error();
  auto now = row;
  now.tenant = tenant;
  now.user = user;
  now.change_seq = change_seq_;
  // The same key may have been wrapped anew since `row` was read.
  if (*old && (*old)->key_id == now.key_id
      && (*old)->key_version == now.key_version
      && (*old)->row_version == now.row_version)
    now.envelope = (*old)->envelope;
  if (dropped_.count(master_key_of(now.envelope)) != 0)
    return failure{errc::unavailable,
                   "the key was sealed under a master key that was retired "
                   "meanwhile; enter it again"};
  if (auto noted = note_in_seal(slot, *old ? &**old : nullptr, &now); !noted)
    return noted;
  entered_.emplace_back(std::string{slot}, now.tenant, now.user);
  auto mac = seal_.mac_of(slot, now);
  return save_llm_.bind(1, now.provider)
    .bind(2, now.model)
    .bind(3, now.base_url)
    .bind(4, int64_t{now.enabled})
    .bind(5, int64_t{now.admin_disabled})
    .bind(6, static_cast<int64_t>(now.fallback))
    .bind(7, as_sql(now.epoch))
    .bind(8, now.key_id)
    .bind(9, int64_t{now.key_version})
    .bind(10, as_sql(now.row_version))
    .bind(11, byte_view{now.envelope})
    .bind(12, as_sql(now.change_seq))
    .bind(13, now.embedding_model)
    .bind(14, slot)
    .bind(15, tenant)
    .bind(16, user)
    .bind(17, byte_view{mac})
    .run();
}

status config_table::remove_llm(std::string_view slot, std::string_view tenant,
                                std::string_view user) {
  auto old = read_row(slot, tenant, user);
  if (!old)
    return old.error();
  if (*old)
    if (auto noted = note_in_seal(slot, &**old, nullptr); !noted)
      return noted;
  entered_.emplace_back(std::string{slot}, std::string{tenant},
                        std::string{user});
  return remove_llm_.bind(1, slot).bind(2, tenant).bind(3, user).run();
}

// -- the rows and their seal --------------------------------------------------

status config_table::note_in_seal(std::string_view slot,
                                  const stored_user_config* old,
                                  const stored_user_config* now) {
  if (!is_sealed_)
    return unit{};
  auto content = seal_.load();
  if (!content)
    return content.error();
  if (!*content)
    return failure{errc::store_corrupt, "the seal of the settings is gone"};
  if (old)
    seal_.count(**content, slot, *old, false);
  if (now)
    seal_.count(**content, slot, *now, true);
  return seal_.save(**content);
}

status config_table::cover(uint64_t seq) {
  if (!is_sealed_)
    return unit{};
  auto content = seal_.load();
  if (!content)
    return content.error();
  if (!*content || (*content)->covered >= seq)
    return unit{};
  (*content)->covered = seq;
  return seal_.save(**content);
}

status config_table::each_llm(const std::function<void(const llm_row&)>& take) {
  reset_at_end guard{each_llm_};
  for (;;) {
    auto found = each_llm_.step();
    if (!found)
      return found.error();
    if (!*found)
      return unit{};
    llm_row seen;
    seen.row = read_llm(each_llm_);
    seen.row.tenant = each_llm_.text(llm_column_count + 1);
    seen.row.user = each_llm_.text(llm_column_count + 2);
    seen.slot = each_llm_.text(llm_column_count);
    auto mac = each_llm_.blob(llm_column_count + 3);
    seen.has_mac = !mac.empty();
    seen.is_ours = std::ranges::equal(mac, seal_.mac_of(seen.slot, seen.row));
    take(seen);
  }
}

expected<row_seal::content> config_table::sum_up() {
  row_seal::content result;
  auto summed = each_llm([&](const llm_row& seen) {
    seal_.count(result, seen.slot, seen.row, true);
  });
  if (!summed)
    return summed.error();
  return result;
}

// Says "never sealed": then no row has anything of a seal.
expected<config_table::seal_state> config_table::is_untouched() {
  auto touched = false;
  auto looked = each_llm([&](const llm_row& seen) {
    touched = touched || seen.has_mac || seen.row.change_seq != 0;
  });
  if (!looked)
    return looked.error();
  return seal_state{touched ? seal_state::kind::broken : seal_state::kind::none,
                    0};
}

expected<config_table::seal_state> config_table::compare_with_seal() {
  using kind = seal_state::kind;
  auto fresh = seal_.is_fresh();
  if (!fresh)
    return fresh.error();
  if (*fresh)
    return is_untouched();
  auto sealed = seal_.load();
  if (!sealed)
    return sealed.error();
  auto found = sum_up();
  if (!found)
    return found.error();
  if (!*sealed || (*sealed)->rows != found->rows
      || (*sealed)->sum != found->sum)
    return seal_state{kind::broken, 0};
  return seal_state{kind::fits, (*sealed)->covered};
}

status config_table::seal_as_is(
  uint64_t covered,
  const std::function<uint64_t(const config_place&)>& change_of) {
  std::vector<llm_row> rows;
  if (change_of)
    if (auto read
        = each_llm([&](const llm_row& seen) { rows.push_back(seen); });
        !read)
      return read;
  for (auto& [slot, row, has_mac, is_ours] : rows) {
    row.change_seq = change_of({slot, row.tenant, row.user});
    auto mac = seal_.mac_of(slot, row);
    if (auto set = set_change_.bind(1, slot)
                     .bind(2, row.tenant)
                     .bind(3, row.user)
                     .bind(4, as_sql(row.change_seq))
                     .bind(5, byte_view{mac})
                     .run();
        !set)
      return set;
  }
  auto content = sum_up();
  if (!content)
    return content.error();
  content->covered = covered;
  is_sealed_ = true;
  return seal_.save(*content);
}

void config_table::mark_stale(config_place place) {
  stale_.emplace(std::move(place.slot), std::move(place.tenant),
                 std::move(place.user));
}

bool config_table::is_stale(std::string_view slot, std::string_view tenant,
                            std::string_view user) const {
  return !stale_.empty()
         && stale_.count(
              {std::string{slot}, std::string{tenant}, std::string{user}})
              != 0;
}

// -- the platform -------------------------------------------------------------

expected<stored_platform_config> config_table::load_platform() {
  stored_platform_config result;
  auto llm = load_llm("platform", "", "");
  if (!llm)
    return llm.error();
  result.llm = *std::move(llm);
  auto second = load_llm("second_choice", "", "");
  if (!second)
    return second.error();
  result.second_choice = *std::move(second);
  if (auto read = load_prices(result.prices); !read)
    return read.error();
  reset_at_end guard{load_platform_};
  auto found = load_platform_.step();
  if (!found)
    return found.error();
  if (!*found)
    return result;
  if (auto read = read_parameter_sets(load_platform_.text(0), result); !read)
    return read.error();
  result.when_disabled
    = static_cast<disabled_policy>(load_platform_.integer(1));
  result.caller_may_name_model = load_platform_.integer(2) != 0;
  result.ambiguous_retries = static_cast<uint32_t>(load_platform_.integer(3));
  result.version = static_cast<uint64_t>(load_platform_.integer(4));
  result.unknown_price
    = static_cast<unknown_price_policy>(load_platform_.integer(5));
  return result;
}

status config_table::save_platform(const stored_platform_config& row) {
  auto save = [this](std::string_view slot,
                     const std::optional<stored_user_config>& llm) {
    return llm ? save_llm(slot, "", "", *llm) : remove_llm(slot, "", "");
  };
  if (auto saved = save("platform", row.llm); !saved)
    return saved;
  if (auto saved = save("second_choice", row.second_choice); !saved)
    return saved;
  if (auto saved = save_prices(row.prices); !saved)
    return saved;
  auto json = parameter_sets_json(row);
  return save_platform_.bind(1, json)
    .bind(2, static_cast<int64_t>(row.when_disabled))
    .bind(3, int64_t{row.caller_may_name_model})
    .bind(4, int64_t{row.ambiguous_retries})
    .bind(5, as_sql(row.version))
    .bind(6, static_cast<int64_t>(row.unknown_price))
    .run();
}

} // namespace byollm
