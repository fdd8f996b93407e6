// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/store/sqlite.hpp"
#include "messages/ports/store.hpp"

#include <optional>
#include <string>
#include <vector>

namespace byollm {

/// Reads and writes configurations; writes belong into the caller's
/// transaction. Not thread-safe.
class config_table {
public:
  static expected<config_table> open(database& db);

  expected<std::optional<stored_user_config>> load_user(std::string_view tenant,
                                                        std::string_view user);

  status save_user(const stored_user_config& row);

  status remove_user(std::string_view tenant, std::string_view user);

  /// Nothing saved yet: the defaults.
  expected<stored_platform_config> load_platform();

  status save_platform(const stored_platform_config& row);

  expected<std::vector<std::string>> load_allowed(std::string_view tenant);

  /// Replaces all of the tenant's origins.
  status save_allowed(std::string_view tenant,
                      const std::vector<std::string>& origins);

private:
  expected<std::optional<stored_user_config>> load_llm(std::string_view slot,
                                                       std::string_view tenant,
                                                       std::string_view user);
  status save_llm(std::string_view slot, std::string_view tenant,
                  std::string_view user, const stored_user_config& row);
  status remove_llm(std::string_view slot, std::string_view tenant,
                    std::string_view user);

  status load_prices(price_list& into);
  status save_prices(const price_list& prices);

  statement load_llm_;
  statement save_llm_;
  statement remove_llm_;
  statement load_platform_;
  statement save_platform_;
  statement load_prices_;
  statement save_price_;
  statement clear_prices_;
  statement load_allowed_;
  statement save_allowed_;
  statement clear_allowed_;
};

} // namespace byollm
