// SPDX-License-Identifier: Apache-2.0
#include "providers/net/lookup_desk.hpp"

#include "messages/limits.hpp"

#include <algorithm>
#include <optional>
#include <pthread.h>
#include <system_error>
#include <thread>
#include <utility>

namespace byollm::net {

namespace {

using clock = std::chrono::steady_clock;

failure failed(const char* why) {
  return {errc::dns_failed, why};
}

struct job {
  std::string host;
  std::string tenant;
  std::string user;
  clock::time_point begin_by;
  std::vector<lookup_desk::answer> waiters = {};
  /// Nobody waits any more; known when it is taken.
  bool is_late = false;

  bool is_platforms() const noexcept {
    return tenant.empty();
  }

  bool is(const lookup& what) const noexcept {
    return host == what.host && tenant == what.tenant && user == what.user;
  }
};

using job_ptr = std::shared_ptr<job>;

} // namespace

/// Outlives the desk while threads look up.
struct lookup_desk::state : std::enable_shared_from_this<state> {
  std::mutex mutex;
  how_fn how;
  bool is_closed = false;
  std::deque<job_ptr> waiting;
  std::vector<job_ptr> running;

  job_ptr find(const lookup& what) {
    for (auto& each : running)
      if (each->is(what))
        return each;
    for (auto& each : waiting)
      if (each->is(what))
        return each;
    return nullptr;
  }

  bool has_place_for(const job& next) const {
    if (running.size() >= limits::lookups_max)
      return false;
    if (next.is_platforms())
      return true;
    size_t users = 0, tenants = 0, all = 0;
    for (const auto& each : running) {
      if (each->is_platforms())
        continue;
      ++all;
      tenants += each->tenant == next.tenant;
      users += each->tenant == next.tenant && each->user == next.user;
    }
    return users < limits::lookups_per_user
           && tenants < limits::lookups_per_tenant
           && all < limits::lookups_max - limits::lookups_kept;
  }

  // Takes the first that has a place.
  job_ptr take() {
    auto found = std::ranges::find_if(
      waiting, [&](const job_ptr& next) { return has_place_for(*next); });
    if (found == waiting.end())
      return nullptr;
    auto next = std::move(*found);
    waiting.erase(found);
    next->is_late = clock::now() >= next->begin_by;
    running.push_back(next);
    return next;
  }

  // Runs on a thread of its own, until no job has a place.
  void work(job_ptr now) {
    while (now) {
      auto result = now->is_late ? failed("too many names are looked up")
                                 : how(now->host);
      std::vector<answer> waiters;
      {
        std::lock_guard guard{mutex};
        std::erase(running, now);
        if (!is_closed)
          waiters = std::exchange(now->waiters, {});
        now = is_closed ? nullptr : take();
      }
      for (auto& done : waiters)
        done(result);
    }
  }

  // Begins what has a place. Returns what could get no thread.
  std::vector<job_ptr> begin() {
    std::vector<job_ptr> refused;
    while (auto next = take()) {
      try {
        std::thread{[self = shared_from_this(), next] {
          pthread_setname_np(pthread_self(), "byollm-dns");
          self->work(next);
        }}.detach();
      } catch (const std::system_error&) {
        std::erase(running, next);
        refused.push_back(next);
      }
    }
    return refused;
  }
};

lookup_desk::lookup_desk(how_fn how) : state_(std::make_shared<state>()) {
  state_->how = std::move(how);
}

lookup_desk::~lookup_desk() {
  std::lock_guard guard{state_->mutex};
  state_->is_closed = true;
  state_->waiting.clear();
}

void lookup_desk::ask(const lookup& what, answer done) {
  std::unique_lock guard{state_->mutex};
  auto begin_by = clock::now() + what.patience;
  if (auto same = state_->find(what)) {
    same->begin_by = std::max(same->begin_by, begin_by);
    same->waiters.push_back(std::move(done));
    return;
  }
  if (state_->waiting.size() >= limits::lookups_waiting_max) {
    guard.unlock();
    return done(failed("too many names are looked up"));
  }
  auto added
    = std::make_shared<job>(job{what.host, what.tenant, what.user, begin_by});
  added->waiters.push_back(std::move(done));
  state_->waiting.push_back(std::move(added));
  auto refused = state_->begin();
  guard.unlock();
  for (auto& each : refused)
    for (auto& tell : each->waiters)
      tell(failed("there is no thread to look a name up"));
}

} // namespace byollm::net
