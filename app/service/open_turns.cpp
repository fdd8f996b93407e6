// SPDX-License-Identifier: Apache-2.0
#include "app/service/open_turns.hpp"

#include "messages/limits.hpp"

namespace byollm::service {

namespace {

failure too_many() {
  return {errc::overloaded, "too many chat turns are open"};
}

failure is_over() {
  return {errc::unauthenticated, "the token's chat turn has ended"};
}

open_turn_ptr make_turn(const call_grant& grant, context at) {
  return std::make_shared<open_turn>(std::move(at), grant);
}

} // namespace

void open_turns::get(const call_grant& grant, opened_fn done) {
  std::unique_lock guard{mutex_};
  if (auto it = turns_.find(grant.id); it != turns_.end()) {
    auto found = it->second;
    guard.unlock();
    return done(std::move(found));
  }
  if (ended_.count(grant.id) != 0) {
    guard.unlock();
    return done(is_over());
  }
  if (turns_.size() + waiting_.size() + ended_.size()
      >= limits::open_turns_max) {
    guard.unlock();
    return done(too_many());
  }
  auto& waiting = waiting_[grant.id];
  waiting.push_back(std::move(done));
  if (waiting.size() > 1)
    return;
  guard.unlock();
  of_
    .open_turn(
      {grant.tenant, grant.user, grant.extension, grant.origin, grant.turn})
    .then(
      [this, grant](expected<context> at) { opened(grant, std::move(at)); });
}

void open_turns::opened(const call_grant& grant, expected<context> at) {
  expected<open_turn_ptr> made
    = at ? expected<open_turn_ptr>{make_turn(grant, *std::move(at))}
         : at.error();
  std::unique_lock guard{mutex_};
  if (ended_.count(grant.id) != 0)
    made = is_over();
  else if (made)
    turns_.emplace(grant.id, *made);
  auto waiting = waiting_.extract(grant.id);
  guard.unlock();
  if (!waiting.empty())
    for (auto& done : waiting.mapped())
      done(made);
}

status open_turns::keep(const call_grant& grant, context at) {
  std::lock_guard guard{mutex_};
  if (turns_.size() >= limits::open_turns_max)
    return too_many();
  turns_.emplace(grant.id, make_turn(grant, std::move(at)));
  return unit{};
}

bool open_turns::has(const std::string& token) const {
  std::lock_guard guard{mutex_};
  return turns_.count(token) != 0;
}

void open_turns::end(const call_grant& grant) {
  // Let go of outside the lock: that ends the turn.
  open_turn_ptr ended;
  std::lock_guard guard{mutex_};
  ended_.emplace(grant.id, grant.expires_unix_ms);
  if (auto it = turns_.find(grant.id); it != turns_.end()) {
    ended = std::move(it->second);
    turns_.erase(it);
  }
}

void open_turns::sweep(int64_t now_unix_ms) {
  std::vector<open_turn_ptr> ended;
  std::lock_guard guard{mutex_};
  std::erase_if(ended_, [now_unix_ms](const auto& one) {
    return one.second <= now_unix_ms;
  });
  for (auto it = turns_.begin(); it != turns_.end();) {
    if (it->second->grant.expires_unix_ms > now_unix_ms) {
      ++it;
      continue;
    }
    ended.push_back(std::move(it->second));
    it = turns_.erase(it);
  }
}

} // namespace byollm::service
