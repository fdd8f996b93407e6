// SPDX-License-Identifier: Apache-2.0
#include "actors/price_rules.hpp"

#include "actors/settings_rules.hpp"
#include "messages/limits.hpp"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

namespace byollm {

namespace {

using named_price = std::pair<const char*, std::optional<uint64_t>>;

std::array<named_price, 4> named(const token_prices& from) {
  return {{{"input_uncached", from.input_uncached},
           {"cache_read", from.cache_read},
           {"cache_write", from.cache_write},
           {"output", from.output}}};
}

status check_price(const platform_change::price_entry& wanted,
                   const provider_table& providers) {
  if (!find_provider(providers, wanted.provider))
    return failure{errc::invalid_config,
                   "unknown provider; known are " + known_names(providers),
                   "provider"};
  if (auto valid = check_model(wanted.model); !valid)
    return valid;
  if (wanted.per_million && *wanted.per_million == token_prices{})
    return failure{errc::invalid_config, "no price was given", "price"};
  if (wanted.per_million)
    for (const auto& [name, micro] : named(*wanted.per_million))
      if (micro.value_or(0) > limits::price_micro_max)
        return failure{errc::invalid_config,
                       "a price is at most 10^12 micro-units", name};
  return unit{};
}

std::string text_of(const model_price& price) {
  auto out
    = price.provider + " " + price.model + " v" + std::to_string(price.version);
  for (const auto& [name, micro] : named(price.per_million))
    if (micro)
      out.append(" ").append(name).append("=").append(std::to_string(*micro));
  return out + " from_unix_ms=" + std::to_string(price.effective_unix_ms);
}

auto key_of(const model_price& price) {
  return std::tie(price.provider, price.model, price.effective_unix_ms);
}

expected<std::string> set_price(price_list& prices, model_price price) {
  auto at = std::lower_bound(
    prices.begin(), prices.end(), price,
    [](const auto& a, const auto& b) { return key_of(a) < key_of(b); });
  auto text = "set " + text_of(price);
  if (at != prices.end() && key_of(*at) == key_of(price))
    *at = std::move(price);
  else if (prices.size() >= limits::prices_max)
    return failure{errc::limit_exceeded, "more than 4,096 prices", "prices"};
  else
    prices.insert(at, std::move(price));
  return text;
}

expected<std::string> remove_price(price_list& prices,
                                   const platform_change::price_entry& wanted) {
  std::string text;
  std::erase_if(prices, [&](const model_price& price) {
    auto meant = price.provider == wanted.provider
                 && price.model == wanted.model
                 && (!wanted.effective_unix_ms
                     || price.effective_unix_ms == *wanted.effective_unix_ms);
    if (meant)
      text += (text.empty() ? "removed " : ", ") + text_of(price);
    return meant;
  });
  if (text.empty())
    return failure{errc::not_found, "there is no such price"};
  return text;
}

} // namespace

expected<std::string> change_price(price_list& prices,
                                   const platform_change::price_entry& wanted,
                                   const provider_table& providers,
                                   uint64_t version, int64_t now_unix_ms) {
  if (!wanted.per_million)
    return remove_price(prices, wanted);
  if (auto valid = check_price(wanted, providers); !valid)
    return valid.error();
  return set_price(prices, {wanted.provider, wanted.model,
                            wanted.effective_unix_ms.value_or(now_unix_ms),
                            version, *wanted.per_million});
}

} // namespace byollm
