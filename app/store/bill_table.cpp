// SPDX-License-Identifier: Apache-2.0
#include "app/store/bill_table.hpp"

#include "messages/calendar.hpp"
#include "messages/limits.hpp"

#include <limits>
#include <utility>

namespace byollm {

namespace {

constexpr auto most = std::numeric_limits<int64_t>::max();

void bind_line(statement& query, const bill_line& which) {
  query.bind(1, which.tenant)
    .bind(2, which.user)
    .bind(3, which.extension)
    .bind(4, which.purpose)
    .bind(5, static_cast<int64_t>(which.billing))
    .bind(6, which.provider)
    .bind(7, which.model);
}

// Lengths keep two lines from having one text.
void put_key(std::string& out, const bill_line& which) {
  out.clear();
  for (auto text : {which.tenant, which.user, which.extension, which.purpose,
                    which.provider, which.model}) {
    auto size = static_cast<uint32_t>(text.size());
    out.append(reinterpret_cast<const char*>(&size), sizeof(size));
    out.append(text);
  }
  out += static_cast<char>(which.billing);
}

} // namespace

bill_line line_of(const intent_record& intent) {
  const auto& who = intent.context->who;
  return {who.tenant.str(), who.user.str(),           who.app.str(),
          intent.purpose,   intent.target->billing(), intent.target->provider(),
          intent.model};
}

intent_line line_of(const public_view& intent, const field_set* payload) {
  const auto& fields = intent.fields;
  auto text = [&](field tag) { return std::string{fields.text(tag)}; };
  return {text(field::tenant),
          text(field::user),
          text(field::extension),
          payload ? std::string{payload->text(field::purpose)} : "",
          static_cast<billing_class>(fields.number(field::billing)),
          text(field::provider),
          text(field::model)};
}

int64_t day_of(int64_t unix_ms) noexcept {
  return utc_day(unix_ms).time_since_epoch().count();
}

// -- sums ---------------------------------------------------------------------

bill_sums::bill_sums(const token_usage& usage,
                     std::optional<uint64_t> cost_micro) {
  set(bill_sum::attempts, 1);
  set(bill_sum::unknown_usage, !usage.input_uncached || !usage.output);
  set(bill_sum::unpriced, !cost_micro);
  set(bill_sum::input_uncached, usage.input_uncached.value_or(0));
  set(bill_sum::cache_read, usage.cache_read.value_or(0));
  set(bill_sum::cache_write, usage.cache_write.value_or(0));
  set(bill_sum::output, usage.output.value_or(0));
  set(bill_sum::reasoning, usage.reasoning.value_or(0));
  set(bill_sum::cost_micro, cost_micro.value_or(0));
}

void bill_sums::set(bill_sum which, uint64_t value) noexcept {
  values_[static_cast<size_t>(which)] = saturated_sql(value);
}

void bill_sums::add(const bill_sums& other) noexcept {
  for (size_t i = 0; i < values_.size(); ++i)
    if (__builtin_add_overflow(values_[i], other.values_[i], &values_[i]))
      values_[i] = most;
}

// -- bill table ---------------------------------------------------------------

expected<bill_table> bill_table::open(database& db) {
  bill_table result;
  const std::array queries = {
    std::pair{&result.find_line_,
              "SELECT id FROM usage_line WHERE tenant = ?1 AND user = ?2 "
              "AND extension = ?3 AND purpose = ?4 AND billing = ?5 "
              "AND provider = ?6 AND model = ?7"},
    std::pair{&result.add_line_,
              "INSERT INTO usage_line (tenant, user, extension, purpose, "
              "billing, provider, model) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) "
              "RETURNING id"},
    std::pair{&result.insert_,
              "INSERT INTO bill (call, tenant, attempt, seq, intent, line, "
              "billing, cost_micro) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"},
    std::pair{&result.find_, "SELECT 1 FROM bill WHERE call = ?1 "
                             "AND tenant = ?2 AND attempt = ?3"},
    // On overflow SQLite's sum is a real number, and the least is taken.
    std::pair{&result.add_sums_,
              "INSERT INTO usage_day (line, day, attempts, unknown_usage, "
              "unpriced, input_uncached, cache_read, cache_write, output, "
              "reasoning, cost_micro) "
              "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) "
              "ON CONFLICT DO UPDATE SET "
              "attempts = min(?12, attempts + ?3), "
              "unknown_usage = min(?12, unknown_usage + ?4), "
              "unpriced = min(?12, unpriced + ?5), "
              "input_uncached = min(?12, input_uncached + ?6), "
              "cache_read = min(?12, cache_read + ?7), "
              "cache_write = min(?12, cache_write + ?8), "
              "output = min(?12, output + ?9), "
              "reasoning = min(?12, reasoning + ?10), "
              "cost_micro = min(?12, cost_micro + ?11)"},
  };
  for (auto& [target, sql] : queries) {
    auto prepared = db.prepare(sql);
    if (!prepared)
      return prepared.error();
    *target = *std::move(prepared);
  }
  return result;
}

void bill_table::begin() {
  sums_.clear();
  if (lines_.size() > limits::usage_lines_cached_max)
    lines_.clear();
}

expected<int64_t> bill_table::line(const bill_line& which) {
  put_key(key_, which);
  if (auto it = lines_.find(key_); it != lines_.end())
    return it->second;
  auto found = find_line(which);
  if (!found)
    return found.error();
  if (!*found) {
    auto added = add_line(which);
    if (!added)
      return added;
    *found = *added;
    fresh_.push_back(key_);
  }
  lines_.emplace(key_, **found);
  return **found;
}

expected<std::optional<int64_t>> bill_table::find_line(const bill_line& which) {
  reset_at_end guard{find_line_};
  bind_line(find_line_, which);
  auto found = find_line_.step();
  if (!found)
    return found.error();
  return *found ? std::optional{find_line_.integer(0)} : std::nullopt;
}

expected<int64_t> bill_table::add_line(const bill_line& which) {
  reset_at_end guard{add_line_};
  bind_line(add_line_, which);
  if (auto added = add_line_.step(); !added)
    return added.error();
  return add_line_.integer(0);
}

status bill_table::outcome(const billed_outcome& what, const bill_sums& adds) {
  reset_at_end guard{insert_};
  call_key key{what.which.call};
  key.bind_to(insert_, 1);
  insert_.bind(2, what.which.tenant)
    .bind(3, saturated_sql(what.which.attempt))
    .bind(4, saturated_sql(what.seq))
    .bind(5, saturated_sql(what.intent_seq))
    .bind(6, what.line)
    .bind(7, static_cast<int64_t>(what.billing));
  if (what.cost_micro)
    insert_.bind(8, saturated_sql(*what.cost_micro));
  // Not by ON CONFLICT and RETURNING, which cost as much as the row.
  if (auto inserted = insert_.step(); !inserted)
    return is_constraint(insert_.last_code())
             ? failure{errc::invalid_request,
                       "the attempt has an outcome and is billed"}
             : inserted.error();
  sums_[{what.line, what.day}].add(adds);
  return unit{};
}

expected<bool> bill_table::knows(const attempt_key& which) {
  call_key key{which.call};
  key.bind_to(find_, 1);
  reset_at_end guard{find_};
  return find_.bind(2, which.tenant)
    .bind(3, saturated_sql(which.attempt))
    .step();
}

status bill_table::end() {
  for (const auto& [key, sums] : sums_) {
    add_sums_.bind(1, key.first).bind(2, key.second);
    for (size_t i = 0; i < bill_sum_count; ++i)
      add_sums_.bind(static_cast<int>(i) + 3, sums.at(i));
    if (auto added = add_sums_.bind(12, most).run(); !added)
      return added;
  }
  sums_.clear();
  return unit{};
}

void bill_table::drop() {
  for (const auto& key : fresh_)
    lines_.erase(key);
  fresh_.clear();
  sums_.clear();
}

} // namespace byollm
