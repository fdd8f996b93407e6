// SPDX-License-Identifier: Apache-2.0
#include "app/store/anchor_keeper.hpp"

#include "app/loop/runtime_thread.hpp"
#include "messages/limits.hpp"

#include <algorithm>

namespace byollm {

anchor_keeper::anchor_keeper(std::vector<std::unique_ptr<anchor>> places,
                             log_fn log)
    : log_(std::move(log)) {
  for (auto& place : places)
    places_.push_back({std::move(place)});
  // A host without anchors has no thread for them.
  if (!places_.empty())
    thread_ = std::thread{[this] { run(); }};
}

anchor_keeper::~anchor_keeper() {
  {
    std::lock_guard guard{mutex_};
    stopping_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable())
    thread_.join();
}

void anchor_keeper::add(const std::string& line) {
  {
    std::lock_guard guard{mutex_};
    for (auto& place : places_)
      push(place, line);
    added_ = true;
  }
  wake_.notify_one();
}

status anchor_keeper::health() const {
  std::lock_guard guard{mutex_};
  for (const auto& place : places_)
    if (!place.health)
      return place.health;
  return unit{};
}

void anchor_keeper::each_newest(
  std::span<const note_key> known,
  const std::function<void(size_t, const std::optional<checkpoint>&)>& use) {
  for (size_t i = 0; i < places_.size(); ++i) {
    auto newest = places_[i].to->newest(known);
    use(i, newest ? *newest : std::nullopt);
    note(places_[i], newest ? status{unit{}} : status{newest.error()});
  }
}

void anchor_keeper::add_to(size_t place, std::string line) {
  {
    std::lock_guard guard{mutex_};
    push(places_[place], std::move(line));
    added_ = true;
  }
  wake_.notify_one();
}

void anchor_keeper::push(kept_place& place, std::string line) {
  // The newest says everything that the older ones do.
  if (place.waiting.size() == limits::anchors_waiting_max)
    place.waiting.pop_front();
  place.waiting.push_back(std::move(line));
}

void anchor_keeper::run() {
  runtime_thread mark;
  std::unique_lock guard{mutex_};
  for (;;) {
    auto is_called = [this] { return added_ || stopping_; };
    if (has_waiting())
      wake_.wait_for(guard, limits::anchor_retry, is_called);
    else
      wake_.wait(guard, is_called);
    added_ = false;
    auto last_round = stopping_;
    write_waiting(guard);
    if (last_round)
      return;
  }
}

void anchor_keeper::write_waiting(std::unique_lock<std::mutex>& guard) {
  for (auto& place : places_)
    while (!place.waiting.empty()) {
      auto line = place.waiting.front();
      guard.unlock();
      auto done = place.to->write(line);
      note(place, done);
      guard.lock();
      if (!done)
        break;
      // It may have been dropped meanwhile, and another be the first.
      if (!place.waiting.empty() && place.waiting.front() == line)
        place.waiting.pop_front();
    }
}

// Not under the mutex: the writer takes it, and a log may be slow.
void anchor_keeper::note(kept_place& place, const status& how) {
  bool is_news = false;
  {
    std::lock_guard guard{mutex_};
    is_news = bool{how} != bool{place.health};
    place.health = how;
  }
  if (log_ && is_news)
    log_(how ? log_level::info : log_level::error,
         how ? "an anchor of the ledger works again"
             : "an anchor of the ledger fails; checkpoints wait for it",
         {{"anchor", place.to->name()},
          {"why", how ? "" : describe(how.error())}});
}

bool anchor_keeper::has_waiting() const {
  return std::ranges::any_of(
    places_, [](const kept_place& place) { return !place.waiting.empty(); });
}

} // namespace byollm
