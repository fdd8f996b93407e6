// SPDX-License-Identifier: Apache-2.0
#include "messages/prices.hpp"

#include "messages/limits.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <tuple>

namespace byollm {

namespace {

constexpr uint64_t per_price = 1'000'000; // tokens that a price is for

// Four remainders below a million, each times a price, must fit 64 bits.
static_assert(limits::price_micro_max
              <= std::numeric_limits<uint64_t>::max() / (4 * per_price) - 1);

struct line {
  std::optional<uint64_t> count;
  std::optional<uint64_t> price;
};

std::array<line, 4> lines_of(const token_usage& usage,
                             const token_prices& prices) noexcept {
  return {{{usage.input_uncached, prices.input_uncached},
           {usage.cache_read, prices.cache_read},
           {usage.cache_write, prices.cache_write},
           {usage.output, prices.output}}};
}

// Sums whole millions and the rest apart: the first may overflow and says so,
// the rest cannot, and only it is rounded.
class exact_sum {
public:
  void add(uint64_t count, uint64_t price) noexcept {
    uint64_t whole = 0;
    overflow_ |= __builtin_mul_overflow(count / per_price, price, &whole);
    overflow_ |= __builtin_add_overflow(whole_, whole, &whole_);
    rest_ += count % per_price * price;
  }

  std::optional<uint64_t> rounded() const noexcept {
    constexpr auto max = std::numeric_limits<int64_t>::max();
    uint64_t sum = 0;
    if (overflow_
        || __builtin_add_overflow(whole_, (rest_ + per_price / 2) / per_price,
                                  &sum)
        || sum > static_cast<uint64_t>(max))
      return std::nullopt;
    return sum;
  }

private:
  uint64_t whole_ = 0;
  uint64_t rest_ = 0;
  bool overflow_ = false;
};

} // namespace

std::string_view to_string(unknown_price_policy value) noexcept {
  return value == unknown_price_policy::refuse ? "refuse" : "unpriced";
}

std::string_view to_string(unpriced value) noexcept {
  switch (value) {
  case unpriced::none:
    return "none";
  case unpriced::no_price:
    return "no_price";
  case unpriced::no_token_price:
    return "no_token_price";
  case unpriced::unknown_usage:
    return "unknown_usage";
  case unpriced::too_large:
    return "too_large";
  }
  return "undocumented";
}

const model_price* find_price(const price_list& prices,
                              std::string_view provider, std::string_view model,
                              int64_t unix_ms) noexcept {
  auto begins_later = [](const auto& wanted, const model_price& price) {
    return wanted < std::tuple<std::string_view, std::string_view, int64_t>{
             price.provider, price.model, price.effective_unix_ms};
  };
  auto next
    = std::upper_bound(prices.begin(), prices.end(),
                       std::tuple{provider, model, unix_ms}, begins_later);
  if (next == prices.begin())
    return nullptr;
  const auto& found = *std::prev(next);
  return found.provider == provider && found.model == model ? &found : nullptr;
}

cost price_usage(const token_usage& usage, const price_list& prices,
                 std::string_view provider, std::string_view model,
                 int64_t unix_ms) noexcept {
  auto price = find_price(prices, provider, model, unix_ms);
  if (!price)
    return {{}, 0, unpriced::no_price};
  auto held = [&](unpriced why) { return cost{{}, price->version, why}; };
  exact_sum sum;
  for (const auto& [count, at] : lines_of(usage, price->per_million)) {
    if (at && !count)
      return held(unpriced::unknown_usage);
    if (!at && count.value_or(0) > 0)
      return held(unpriced::no_token_price);
    if (at)
      sum.add(*count, *at);
  }
  auto micro = sum.rounded();
  return micro ? cost{micro, price->version, unpriced::none}
               : held(unpriced::too_large);
}

} // namespace byollm
