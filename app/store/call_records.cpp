// SPDX-License-Identifier: Apache-2.0
#include "app/store/call_records.hpp"

#include <algorithm>
#include <array>
#include <functional>

namespace byollm {

expected<call_records> call_records::open(database& db,
                                          const open_intents& open) {
  call_records result;
  result.open_ = &open;
  const std::array queries = {
    std::pair{&result.of_any_,
              "SELECT seq, intent FROM ledger_call WHERE call = ?1 "
              "UNION ALL SELECT seq, intent FROM bill WHERE call = ?1 "
              "ORDER BY 1 DESC LIMIT ?2"},
    std::pair{&result.of_tenant_,
              "SELECT seq, intent FROM ledger_call "
              "WHERE call = ?1 AND tenant = ?3 "
              "UNION ALL SELECT seq, intent FROM bill "
              "WHERE call = ?1 AND tenant = ?3 ORDER BY 1 DESC LIMIT ?2"},
    std::pair{&result.of_attempt_,
              "SELECT seq, intent FROM bill "
              "WHERE call = ?1 AND tenant = ?2 AND attempt = ?3"},
  };
  for (auto& [target, sql] : queries) {
    auto prepared = db.prepare(sql);
    if (!prepared)
      return prepared.error();
    *target = *std::move(prepared);
  }
  return result;
}

expected<std::vector<uint64_t>>
call_records::seqs_of_call(std::string_view tenant, std::string_view call,
                           size_t limit) {
  auto& query = tenant.empty() ? of_any_ : of_tenant_;
  call_key key{call};
  key.bind_to(query, 1);
  query.bind(2, saturated_sql(limit));
  if (!tenant.empty())
    query.bind(3, tenant);
  auto seqs = seqs_of(query);
  if (!seqs)
    return seqs;
  auto opened = open_->of_call(tenant, call);
  seqs->insert(seqs->end(), opened.begin(), opened.end());
  std::ranges::sort(*seqs, std::greater{});
  seqs->resize(std::min(seqs->size(), limit));
  return seqs;
}

expected<size_t> call_records::of_call(ledger_scan& scan,
                                       std::string_view tenant,
                                       std::string_view call, size_t limit,
                                       const taker& take) {
  auto seqs = seqs_of_call(tenant, call, limit);
  if (!seqs)
    return seqs.error();
  size_t count = 0;
  bool goes_on = true;
  for (auto seq : *seqs) {
    if (!goes_on)
      break;
    ++count;
    auto read = scan.upwards(seq, 1, [&](const stored_record& record) {
      goes_on = take(record);
      return false;
    });
    if (!read)
      return read.error();
  }
  return count;
}

status call_records::of_attempt(ledger_scan& scan, const attempt_key& which,
                                const taker& take) {
  call_key key{which.call};
  key.bind_to(of_attempt_, 1);
  of_attempt_.bind(2, which.tenant).bind(3, saturated_sql(which.attempt));
  auto seqs = seqs_of(of_attempt_);
  if (!seqs)
    return seqs.error();
  for (auto seq : *seqs) {
    auto read = scan.upwards(seq, 1, [&](const stored_record& record) {
      take(record);
      return false;
    });
    if (!read)
      return read.error();
  }
  return unit{};
}

expected<std::vector<uint64_t>> call_records::seqs_of(statement& query) {
  reset_at_end guard{query};
  std::vector<uint64_t> result;
  for (;;) {
    auto found = query.step();
    if (!found)
      return found.error();
    if (!*found)
      return result;
    result.push_back(static_cast<uint64_t>(query.integer(0)));
    if (!query.is_null(1))
      result.push_back(static_cast<uint64_t>(query.integer(1)));
  }
}

} // namespace byollm
