// SPDX-License-Identifier: Apache-2.0
#include "app/store/config_table.hpp"

#include "app/store/parameters_json.hpp"

#include <array>
#include <utility>

namespace byollm {

namespace {

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
  return result;
}

} // namespace

expected<config_table> config_table::open(database& db) {
  config_table result;
  const std::array queries = {
    std::pair{&result.load_llm_,
              "SELECT provider, model, base_url, enabled, admin_disabled, "
              "fallback, epoch, key_id, key_version, row_version, envelope "
              "FROM llm_config WHERE slot = ?1 AND tenant = ?2 AND user = ?3"},
    std::pair{&result.save_llm_,
              "INSERT OR REPLACE INTO llm_config (slot, tenant, user, "
              "provider, model, base_url, enabled, admin_disabled, fallback, "
              "epoch, key_id, key_version, row_version, envelope) VALUES "
              "(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)"},
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
config_table::load_llm(std::string_view slot, std::string_view tenant,
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

status config_table::save_llm(std::string_view slot, std::string_view tenant,
                              std::string_view user,
                              const stored_user_config& row) {
  return save_llm_.bind(1, slot)
    .bind(2, tenant)
    .bind(3, user)
    .bind(4, row.provider)
    .bind(5, row.model)
    .bind(6, row.base_url)
    .bind(7, int64_t{row.enabled})
    .bind(8, int64_t{row.admin_disabled})
    .bind(9, static_cast<int64_t>(row.fallback))
    .bind(10, as_sql(row.epoch))
    .bind(11, row.key_id)
    .bind(12, int64_t{row.key_version})
    .bind(13, as_sql(row.row_version))
    .bind(14, byte_view{row.envelope})
    .run();
}

status config_table::remove_llm(std::string_view slot, std::string_view tenant,
                                std::string_view user) {
  return remove_llm_.bind(1, slot).bind(2, tenant).bind(3, user).run();
}

// -- users --------------------------------------------------------------------

expected<std::optional<stored_user_config>>
config_table::load_user(std::string_view tenant, std::string_view user) {
  return load_llm("user", tenant, user);
}

status config_table::save_user(const stored_user_config& row) {
  return save_llm("user", row.tenant, row.user, row);
}

status config_table::remove_user(std::string_view tenant,
                                 std::string_view user) {
  return remove_llm("user", tenant, user);
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

status config_table::load_prices(price_list& into) {
  reset_at_end guard{load_prices_};
  auto micro = [&](int column) {
    return load_prices_.is_null(column)
             ? std::optional<uint64_t>{}
             : static_cast<uint64_t>(load_prices_.integer(column));
  };
  for (;;) {
    auto found = load_prices_.step();
    if (!found)
      return found.error();
    if (!*found)
      return unit{};
    into.push_back({std::string{load_prices_.text(0)},
                    std::string{load_prices_.text(1)},
                    load_prices_.integer(2),
                    static_cast<uint64_t>(load_prices_.integer(3)),
                    {micro(4), micro(5), micro(6), micro(7)}});
  }
}

status config_table::save_prices(const price_list& prices) {
  if (auto cleared = clear_prices_.run(); !cleared)
    return cleared;
  for (const auto& price : prices) {
    const auto& micro = price.per_million;
    save_price_.bind(1, price.provider)
      .bind(2, price.model)
      .bind(3, price.effective_unix_ms)
      .bind(4, as_sql(price.version));
    int column = 5;
    for (const auto& one : {micro.input_uncached, micro.cache_read,
                            micro.cache_write, micro.output}) {
      if (one)
        save_price_.bind(column, as_sql(*one));
      ++column;
    }
    if (auto saved = save_price_.run(); !saved)
      return saved;
  }
  return unit{};
}

// -- allowed origins ----------------------------------------------------------

expected<std::vector<std::string>>
config_table::load_allowed(std::string_view tenant) {
  reset_at_end guard{load_allowed_};
  load_allowed_.bind(1, tenant);
  std::vector<std::string> result;
  for (;;) {
    auto found = load_allowed_.step();
    if (!found)
      return found.error();
    if (!*found)
      return result;
    result.emplace_back(load_allowed_.text(0));
  }
}

status config_table::save_allowed(std::string_view tenant,
                                  const std::vector<std::string>& origins) {
  if (auto cleared = clear_allowed_.bind(1, tenant).run(); !cleared)
    return cleared;
  for (const auto& origin : origins)
    if (auto saved = save_allowed_.bind(1, tenant).bind(2, origin).run();
        !saved)
      return saved;
  return unit{};
}

} // namespace byollm
