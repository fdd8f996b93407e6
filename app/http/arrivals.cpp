// SPDX-License-Identifier: Apache-2.0
#include "app/http/arrivals.hpp"

#include "app/http/session.hpp"

#include "messages/limits.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>

namespace byollm::http {

namespace {

constexpr auto pace = limits::http_turned_away_pace;

} // namespace

void arrivals::add(std::shared_ptr<session> came) {
  auto& to = came->was_turned_away() ? turned_away_ : welcome_;
  to.push_back(std::move(came));
  ask_for_turn();
}

void arrivals::clear() noexcept {
  welcome_.clear();
  turned_away_.clear();
  clock_.cancel(std::exchange(alarm_, 0));
}

void arrivals::take_turn() {
  let_in_welcome();
  let_in_turned_away();
  if (!welcome_.empty() || (!turned_away_.empty() && has_token()))
    ask_for_turn();
  else if (!turned_away_.empty())
    wait_for_token();
}

// One that is let in costs the loop little now, and the rest in turns with all
// else. One that is turned away has all of its cost now.
void arrivals::let_in_welcome() {
  for (size_t i = 0; i < limits::http_arrivals_per_turn; ++i)
    if (welcome_.empty() || !let_first_in(welcome_))
      return;
}

void arrivals::let_in_turned_away() {
  while (!turned_away_.empty() && turned_away_.front()->is_closed())
    turned_away_.pop_front();
  if (turned_away_.empty() || !has_token())
    return;
  used_until_ = used_from() + pace;
  let_first_in(turned_away_);
}

// Returns whether it was let in.
bool arrivals::let_first_in(queue& of) {
  auto first = std::move(of.front());
  of.pop_front();
  first->take_arrival();
  return !first->was_turned_away();
}

arrivals::time_point arrivals::used_from() const noexcept {
  return std::max(used_until_,
                  clock_.now() - pace * limits::http_turned_away_burst);
}

bool arrivals::has_token() const noexcept {
  return clock_.now() - used_from() >= pace;
}

// The loop takes what is posted in order: all that is ready now comes first.
void arrivals::ask_for_turn() {
  if (!std::exchange(has_asked_, true))
    boost::asio::post(loop_, [self = shared_from_this()] {
      self->has_asked_ = false;
      self->take_turn();
    });
}

void arrivals::wait_for_token() {
  if (alarm_ == 0)
    alarm_ = clock_.set(used_until_ + pace, [this] {
      alarm_ = 0;
      ask_for_turn();
    });
}

} // namespace byollm::http
