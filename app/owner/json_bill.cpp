// SPDX-License-Identifier: Apache-2.0
#include "app/owner/json.hpp"
#include "messages/calendar.hpp"

namespace byollm::owner {

namespace {

void put_price(json_writer& to, const model_price& price) {
  auto micro = [&to](std::string_view name, const auto& value) {
    if (value)
      put_number(to, name, *value);
  };
  to.StartObject();
  put(to, "provider", price.provider);
  put(to, "model", price.model);
  put(to, "from_unix_ms");
  to.Int64(price.effective_unix_ms);
  put_number(to, "version", price.version);
  micro("input_uncached", price.per_million.input_uncached);
  micro("cache_read", price.per_million.cache_read);
  micro("cache_write", price.per_million.cache_write);
  micro("output", price.per_million.output);
  to.EndObject();
}

void put_row(json_writer& to, const usage_row& row) {
  to.StartObject();
  put(to, "day", day_text(row.day));
  put(to, "tenant", row.tenant);
  put(to, "user", row.user);
  put(to, "extension", row.extension);
  put(to, "purpose", row.purpose);
  put(to, "billing", to_string(row.billing));
  put(to, "provider", row.provider);
  put(to, "model", row.model);
  put_number(to, "attempts", row.attempts);
  put_number(to, "unknown_usage", row.unknown_usage);
  put_number(to, "unpriced", row.unpriced);
  put_number(to, "input_uncached", row.input_uncached);
  put_number(to, "cache_read", row.cache_read);
  put_number(to, "cache_write", row.cache_write);
  put_number(to, "output", row.output);
  put_number(to, "reasoning", row.reasoning);
  put_number(to, "cost_micro", row.cost_micro);
  to.EndObject();
}

} // namespace

std::string render(const price_view& table) {
  return json_text([&](json_writer& to) {
    to.StartObject();
    put(to, "unknown_price", to_string(table.unknown_price));
    put(to, "prices");
    to.StartArray();
    for (const auto& price : table.prices)
      put_price(to, price);
    to.EndArray();
    to.EndObject();
  });
}

std::string render(const std::vector<usage_row>& rows) {
  return json_text([&](json_writer& to) {
    to.StartArray();
    for (const auto& row : rows)
      put_row(to, row);
    to.EndArray();
  });
}

} // namespace byollm::owner
