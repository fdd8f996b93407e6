// SPDX-License-Identifier: Apache-2.0
#include "app/store/call_index.hpp"

namespace byollm {

namespace {

int hex_value(char digit) noexcept {
  if (digit >= '0' && digit <= '9')
    return digit - '0';
  if (digit >= 'a' && digit <= 'f')
    return digit - 'a' + 10;
  return -1;
}

// 8-4-4-4-12 lower-case digits, and nothing else, so that two texts never have
// the same bytes.
std::optional<std::array<uint8_t, 16>> parse_uuid(std::string_view text) {
  if (text.size() != 36)
    return std::nullopt;
  std::array<uint8_t, 16> result;
  size_t at = 0;
  for (auto& byte : result) {
    if (at == 8 || at == 13 || at == 18 || at == 23)
      if (text[at++] != '-')
        return std::nullopt;
    auto high = hex_value(text[at]);
    auto low = hex_value(text[at + 1]);
    if (high < 0 || low < 0)
      return std::nullopt;
    byte = static_cast<uint8_t>(high << 4 | low);
    at += 2;
  }
  return result;
}

} // namespace

// -- open intents -------------------------------------------------------------

std::optional<uint64_t> open_intents::opened(const open_intent& intent,
                                             const attempt_key& which) {
  auto before = closed(which);
  auto added
    = by_call_.emplace(std::string{which.call},
                       place{intent, which.attempt, std::string{which.tenant}});
  seqs_.insert(intent.seq);
  log_.push_back({{}, &*added});
  return before ? std::optional{before->seq} : std::nullopt;
}

std::optional<open_intent> open_intents::closed(const attempt_key& which) {
  auto [begin, end] = by_call_.equal_range(which.call);
  for (auto it = begin; it != end; ++it) {
    const auto& found = it->second;
    if (found.attempt != which.attempt || found.tenant != which.tenant)
      continue;
    auto intent = found.intent;
    seqs_.erase(intent.seq);
    log_.push_back({by_call_.extract(it), nullptr});
    return intent;
  }
  return std::nullopt;
}

void open_intents::keep() {
  log_.clear();
}

void open_intents::take_back() {
  for (auto at = log_.rbegin(); at != log_.rend(); ++at) {
    auto& change = *at;
    if (change.closed) {
      seqs_.insert(change.closed.mapped().intent.seq);
      by_call_.insert(std::move(change.closed));
      continue;
    }
    auto [begin, end] = by_call_.equal_range(change.opened->first);
    for (auto it = begin; it != end; ++it)
      if (&*it == change.opened) {
        seqs_.erase(it->second.intent.seq);
        by_call_.erase(it);
        break;
      }
  }
  log_.clear();
}

uint64_t open_intents::first(uint64_t otherwise) const noexcept {
  return seqs_.empty() ? otherwise : *seqs_.begin();
}

std::vector<uint64_t> open_intents::of_call(std::string_view tenant,
                                            std::string_view call) const {
  std::vector<uint64_t> result;
  auto [begin, end] = by_call_.equal_range(call);
  for (auto it = begin; it != end; ++it)
    if (tenant.empty() || it->second.tenant == tenant)
      result.push_back(it->second.intent.seq);
  return result;
}

// -- call key -----------------------------------------------------------------

call_key::call_key(std::string_view call)
    : text_(call), uuid_(parse_uuid(call)) {
  // nop
}

void call_key::bind_to(statement& query, int index) const {
  if (uuid_)
    query.bind(index, byte_view{*uuid_});
  else
    query.bind(index, text_);
}

// -- call index ---------------------------------------------------------------

expected<call_index> call_index::open(database& db, open_intents open) {
  auto insert = db.prepare("INSERT INTO ledger_call (call, tenant, seq) "
                           "VALUES (?1, ?2, ?3)");
  if (!insert)
    return insert.error();
  call_index result;
  result.open_ = std::move(open);
  result.insert_ = *std::move(insert);
  return result;
}

status call_index::intent(const open_intent& intent, const attempt_key& which) {
  // No outcome will ever name the first of two equal attempts.
  if (auto before = open_.opened(intent, which))
    return insert(which.tenant, which.call, *before);
  return unit{};
}

status call_index::refusal(uint64_t seq, std::string_view tenant,
                           std::string_view call) {
  return call.empty() ? unit{} : insert(tenant, call, seq);
}

status call_index::insert(std::string_view tenant, std::string_view call,
                          uint64_t seq) {
  call_key key{call};
  key.bind_to(insert_, 1);
  return insert_.bind(2, tenant).bind(3, as_sql(seq)).run();
}

} // namespace byollm
