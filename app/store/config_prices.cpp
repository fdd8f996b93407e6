// SPDX-License-Identifier: Apache-2.0
// What the platform's models cost.
#include "app/store/config_table.hpp"

namespace byollm {

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

} // namespace byollm
