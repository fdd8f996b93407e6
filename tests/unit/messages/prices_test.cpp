// SPDX-License-Identifier: Apache-2.0
// Goal: an amount is exact, rounded once, and never 0 for want of knowledge.
// Method: a table of cases, the moments around each entry, and random usage
// against 128-bit arithmetic.
#include "messages/limits.hpp"
#include "messages/prices.hpp"

#include <catch2/catch.hpp>

#include <limits>
#include <random>

namespace byollm {

namespace {

constexpr auto counted = token_usage::source::provider;
constexpr std::nullopt_t unknown = std::nullopt;
constexpr auto u64_max = std::numeric_limits<uint64_t>::max();
constexpr auto amount_max
  = static_cast<uint64_t>(std::numeric_limits<int64_t>::max());

price_list one(token_prices per_million) {
  return {{"openai", "gpt", 100, 7, per_million}};
}

cost bill(const token_usage& usage, const price_list& prices) {
  return price_usage(usage, prices, "openai", "gpt", 100);
}

} // namespace

TEST_CASE("usage at a price is an amount, or the reason why there is none",
          "[prices]") {
  struct row {
    token_usage usage;
    token_prices price;
    cost expected;
  };
  const row table[] = {
    // 10 x 2 + 5 x 0.5 + 3 x 2.5 + 20 x 8 = 190
    {{counted, 10, 5, 3, 20, 4},
     {2'000'000, 500'000, 2'500'000, 8'000'000},
     {190, 7, unpriced::none}},
    // Rounded once: each part alone would round to 0.
    {{counted, 1, 1, 1, 1, {}},
     {125'000, 125'000, 125'000, 125'000},
     {1, 7, unpriced::none}},
    {{counted, 1, 0, 0, 0, {}}, {499'999, 0, 0, 0}, {0, 7, unpriced::none}},
    {{counted, 1, 0, 0, 0, {}}, {500'000, 0, 0, 0}, {1, 7, unpriced::none}},
    // Explicit zeros are the provider's word.
    {{counted, 0, 0, 0, 0, 0}, {1, 1, 1, 1}, {0, 7, unpriced::none}},
    // Unknown is not zero, whichever count it is, also at a price of zero.
    {{counted, unknown, 0, 0, 20, {}},
     {1, 1, 1, 1},
     {unknown, 7, unpriced::unknown_usage}},
    {{counted, 10, unknown, 0, 20, {}},
     {1, 1, 1, 1},
     {unknown, 7, unpriced::unknown_usage}},
    {{counted, 10, 0, unknown, 20, {}},
     {1, 1, 1, 1},
     {unknown, 7, unpriced::unknown_usage}},
    {{counted, 10, 0, 0, unknown, {}},
     {1, 1, 1, 1},
     {unknown, 7, unpriced::unknown_usage}},
    {{}, {1, unknown, unknown, 1}, {unknown, 7, unpriced::unknown_usage}},
    {{}, {0, unknown, unknown, 0}, {unknown, 7, unpriced::unknown_usage}},
    // What has no price may be unknown or zero, but not used.
    {{counted, 10, unknown, 0, 20, {}},
     {1'000'000, unknown, unknown, 1'000'000},
     {30, 7, unpriced::none}},
    {{counted, 10, 1, 0, 20, {}},
     {1'000'000, unknown, unknown, 1'000'000},
     {unknown, 7, unpriced::no_token_price}},
    {{counted, 10, 0, 1, 20, {}},
     {1'000'000, unknown, unknown, 1'000'000},
     {unknown, 7, unpriced::no_token_price}},
    // Whatever is counted, nothing wraps around.
    {{counted, u64_max, u64_max, u64_max, u64_max, {}},
     {1, 1, 1, 1},
     {73'786'976'294'838, 7, unpriced::none}},
    {{counted, u64_max, 0, 0, 0, {}},
     {limits::price_micro_max, 0, 0, 0},
     {unknown, 7, unpriced::too_large}},
    {{counted, amount_max, 0, 0, 0, {}},
     {1'000'000, 0, 0, 0},
     {amount_max, 7, unpriced::none}},
    {{counted, amount_max + 1, 0, 0, 0, {}},
     {1'000'000, 0, 0, 0},
     {unknown, 7, unpriced::too_large}},
    {{counted, u64_max, 0, 0, u64_max, {}},
     {1'000'000, 0, 0, 1'000'000},
     {unknown, 7, unpriced::too_large}},
  };
  for (const auto& [usage, price, expected] : table) {
    CAPTURE(&usage - &table[0].usage);
    auto got = bill(usage, one(price));
    CHECK(got.micro == expected.micro);
    CHECK(got.price_version == expected.price_version);
    CHECK(to_string(got.why) == to_string(expected.why));
  }
}

TEST_CASE("the entry of the model and the moment counts", "[prices]") {
  const token_prices some = {1, {}, {}, 1};
  const price_list prices = {{"anthropic", "claude", 0, 1, some},
                             {"openai", "gpt", 100, 2, some},
                             {"openai", "gpt", 200, 5, some},
                             {"openai", "gpt-mini", 50, 3, some}};
  auto version
    = [&](std::string_view provider, std::string_view model, int64_t at) {
        auto found = find_price(prices, provider, model, at);
        return found ? found->version : 0;
      };
  CHECK(version("openai", "gpt", 99) == 0);
  CHECK(version("openai", "gpt", 100) == 2);
  CHECK(version("openai", "gpt", 199) == 2);
  CHECK(version("openai", "gpt", 200) == 5);
  CHECK(version("openai", "gpt", std::numeric_limits<int64_t>::max()) == 5);
  CHECK(version("openai", "gpt-mini", 60) == 3);
  CHECK(version("openai", "gp", 60) == 0);
  CHECK(version("openai", "claude", 60) == 0);
  CHECK(version("anthropic", "claude", -1) == 0);
  CHECK(version("anthropic", "claude", 0) == 1);
  CHECK(version("", "", 60) == 0);
  CHECK_FALSE(find_price({}, "openai", "gpt", 100));
  auto none = price_usage({counted, 1, 0, 0, 1, {}}, prices, "openai", "o", 1);
  CHECK(none == cost{unknown, 0, unpriced::no_price});
}

TEST_CASE("amounts are those of 128-bit arithmetic", "[prices]") {
  __extension__ using wide = unsigned __int128;
  std::mt19937_64 random{20261125};
  // Every magnitude is as likely as any other.
  auto any
    = [&](uint64_t most) { return std::min(random() >> random() % 64, most); };
  size_t too_large = 0;
  for (int i = 0; i < 200'000; ++i) {
    const uint64_t counts[4]
      = {any(u64_max), any(u64_max), any(u64_max), any(u64_max)};
    const uint64_t at[4]
      = {any(limits::price_micro_max), any(limits::price_micro_max),
         any(limits::price_micro_max), any(limits::price_micro_max)};
    wide sum = 0;
    for (int k = 0; k < 4; ++k)
      sum += wide{counts[k]} * at[k];
    auto amount = (sum + 500'000) / 1'000'000;
    auto got = bill({counted, counts[0], counts[1], counts[2], counts[3], {}},
                    one({at[0], at[1], at[2], at[3]}));
    if (amount > amount_max) {
      ++too_large;
      REQUIRE(got == cost{unknown, 7, unpriced::too_large});
    } else {
      REQUIRE(got == cost{static_cast<uint64_t>(amount), 7, unpriced::none});
    }
  }
  CHECK(too_large > 1'000);
  CHECK(too_large < 199'000);
}

} // namespace byollm
