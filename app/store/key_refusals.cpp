// SPDX-License-Identifier: Apache-2.0
#include "app/store/key_refusals.hpp"

#include <array>

namespace byollm {

namespace {

bool is_refusal(errc code) noexcept {
  return code == errc::authentication || code == errc::permission;
}

} // namespace

expected<key_refusals> key_refusals::open(database& db) {
  if (auto swept = db.run("DELETE FROM key_refusal WHERE key_id NOT IN "
                          "(SELECT key_id FROM llm_config)");
      !swept)
    return swept.error();
  key_refusals result;
  const std::array queries = {
    std::pair{&result.insert_,
              "INSERT OR REPLACE INTO key_refusal (key_id, key_version, code, "
              "since_unix_ms) VALUES (?1, ?2, ?3, ?4)"},
    std::pair{&result.remove_, "DELETE FROM key_refusal WHERE key_id = ?1"},
    std::pair{&result.find_, "SELECT code, since_unix_ms FROM key_refusal "
                             "WHERE key_id = ?1"},
  };
  for (const auto& [target, sql] : queries) {
    auto prepared = db.prepare(sql);
    if (!prepared)
      return prepared.error();
    *target = *std::move(prepared);
  }
  auto all = db.prepare("SELECT key_id, key_version FROM key_refusal");
  if (!all)
    return all.error();
  for (;;) {
    auto found = all->step();
    if (!found)
      return found.error();
    if (!*found)
      return result;
    result.refused_.emplace(all->text(0),
                            static_cast<uint32_t>(all->integer(1)));
  }
}

status key_refusals::note(const outcome_record& outcome) {
  auto refuses = is_refusal(outcome.why.code);
  if (!outcome.of || (!refuses && outcome.status != call_status::success))
    return unit{};
  const auto& key = outcome.of->target->binding();
  auto known = refused_.find(key.key_id);
  auto is_known = known != refused_.end();
  // A call that began with an older key says nothing of the one after it.
  if (is_known && known->second > key.key_version)
    return unit{};
  auto is_marked = is_known && known->second == key.key_version;
  if (refuses)
    return is_marked ? status{unit{}} : refuse(key, outcome);
  if (!is_known)
    return unit{};
  set(key.key_id, std::nullopt);
  return remove_.bind(1, key.key_id).run();
}

status key_refusals::refuse(const key_binding& key, const outcome_record& why) {
  set(key.key_id, key.key_version);
  return insert_.bind(1, key.key_id)
    .bind(2, int64_t{key.key_version})
    .bind(3, static_cast<int64_t>(why.why.code))
    .bind(4, why.finished_unix_ms)
    .run();
}

void key_refusals::set(const std::string& key_id, version refused) {
  auto it = refused_.find(key_id);
  before_.emplace_back(key_id,
                       it == refused_.end() ? version{} : version{it->second});
  if (refused)
    refused_.insert_or_assign(key_id, *refused);
  else
    refused_.erase(key_id);
}

void key_refusals::drop() {
  for (auto it = before_.rbegin(); it != before_.rend(); ++it)
    if (it->second)
      refused_.insert_or_assign(it->first, *it->second);
    else
      refused_.erase(it->first);
  before_.clear();
}

status key_refusals::mark(stored_user_config& row) {
  row.refused.reset();
  auto known = refused_.find(row.key_id);
  if (known == refused_.end() || known->second != row.key_version)
    return unit{};
  reset_at_end guard{find_};
  auto found = find_.bind(1, row.key_id).step();
  if (!found)
    return found.error();
  if (*found)
    row.refused
      = key_refusal{find_.integer(0) == static_cast<int64_t>(errc::permission)
                      ? errc::permission
                      : errc::authentication,
                    find_.integer(1)};
  return unit{};
}

} // namespace byollm
