// SPDX-License-Identifier: Apache-2.0
#include "app/service/open_turns.hpp"

#include "messages/limits.hpp"

namespace byollm::service {

namespace {

failure too_many() {
  return {errc::overloaded, "too many chat turns are open"};
}

failure too_many_ended() {
  return {errc::overloaded,
          "too many tokens were ended that have not expired; this one ends "
          "when it expires"};
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
  auto waiting = waiting_.find(grant.id);
  if (waiting != waiting_.end())
    return waiting->second.push_back(std::move(done));
  if (is_ended(grant) || is_full()) {
    auto why = is_ended(grant) ? is_over() : too_many();
    guard.unlock();
    return done(std::move(why));
  }
  waiting_[grant.id].push_back(std::move(done));
  guard.unlock();
  open_({grant.tenant, grant.user, grant.extension, grant.origin, grant.turn},
        [this, grant](expected<context> at) { opened(grant, std::move(at)); });
}

bool open_turns::is_full() const {
  return turns_.size() + waiting_.size() >= limits::open_turns_max;
}

// Of a turn that is not among those that are open.
bool open_turns::is_ended(const call_grant& grant) const {
  return grant.is_for_open_turn || ended_.count(grant.id) != 0;
}

void open_turns::opened(const call_grant& grant, expected<context> at) {
  expected<open_turn_ptr> made
    = at ? expected<open_turn_ptr>{make_turn(grant, *std::move(at))}
         : at.error();
  std::unique_lock guard{mutex_};
  if (is_ended(grant))
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
  if (is_full())
    return too_many();
  turns_.emplace(grant.id, make_turn(grant, std::move(at)));
  return unit{};
}

bool open_turns::has(const std::string& token) const {
  std::lock_guard guard{mutex_};
  return turns_.count(token) != 0;
}

// A token is ended only if that can be kept in mind. To forget another's end
// for it would bring that one back to life.
status open_turns::end(const call_grant& grant) {
  // Let go of outside the lock: that ends the turn.
  open_turn_ptr ended;
  std::lock_guard guard{mutex_};
  if (!is_ended(grant)) {
    if (ended_.size() >= limits::ended_tokens_max)
      return too_many_ended();
    ended_.emplace(grant.id, grant.expires_unix_ms);
  }
  if (auto it = turns_.find(grant.id); it != turns_.end()) {
    ended = std::move(it->second);
    turns_.erase(it);
  }
  return unit{};
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
