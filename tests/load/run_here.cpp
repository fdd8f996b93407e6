// SPDX-License-Identifier: Apache-2.0
#include "app/runtime/internals.hpp"
#include "tests/load/boundary.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <future>

namespace byollm::load {

namespace {

using clock = std::chrono::steady_clock;

uint32_t since(clock::time_point began) {
  std::chrono::nanoseconds took = clock::now() - began;
  return static_cast<uint32_t>(std::min<int64_t>(took.count(), UINT32_MAX));
}

create_message_request make_request(size_t message_bytes) {
  create_message_request made;
  made.messages.push_back(
    {role::user, {text_block{std::string(message_bytes, 'x')}}});
  return made;
}

/// What all callers of a stretch share; the last of them ends it.
struct meeting {
  meeting(const runtime& rt, const std::vector<user>& whose,
          const turn_shape& how)
      : of(rt),
        users(whose),
        shape(how),
        book(how.turns, how.calls_per_turn),
        left(how.concurrency) {
    // nop
  }

  void leave() {
    if (left.fetch_sub(1) > 1)
      return;
    finished = usage_now();
    ended.set_value();
  }

  const runtime& of;
  const std::vector<user>& users;
  const turn_shape& shape;
  stretch_book book;
  std::atomic<size_t> left;
  usage finished;
  std::promise<void> ended;
};

/// Takes one turn after another, all on one loop.
class caller : public std::enable_shared_from_this<caller> {
public:
  caller(std::shared_ptr<meeting> at, alarm_clock& time)
      : at_(std::move(at)), time_(time) {
    // nop
  }

  void next_turn_in(std::chrono::microseconds delay) {
    if (delay.count() == 0)
      return next_turn();
    time_.set(clock::now() + delay,
              [self = shared_from_this()] { self->next_turn(); });
  }

private:
  void next_turn() {
    auto number = at_->book.draw();
    if (!number)
      return at_->leave();
    const auto& who = at_->users[*number % at_->users.size()];
    calls_ns_.clear();
    turn_began_ = clock::now();
    turn_request asked;
    asked.tenant = who.tenant.str();
    asked.user = who.id.str();
    asked.extension = "here";
    at_->of.open_turn(std::move(asked))
      .then([self = shared_from_this()](expected<context> opened) {
        if (!opened)
          return self->fail(opened.error());
        self->turn_.emplace(*std::move(opened));
        self->call();
      });
  }

  void call() {
    call_began_ = clock::now();
    turn_->llm().create_message(
      make_request(at_->shape.message_bytes),
      [self = shared_from_this()](const expected<message_reply>& got) {
        if (got)
          self->answered();
        else
          self->fail(got.error());
      });
  }

  void answered() {
    calls_ns_.push_back(since(call_began_));
    if (calls_ns_.size() < at_->shape.calls_per_turn)
      return call();
    turn_.reset();
    at_->book.turn_ended(since(turn_began_), calls_ns_);
    next_turn_in(at_->shape.think_time);
  }

  void fail(const failure& why) {
    turn_.reset();
    at_->book.fail(why);
    at_->leave();
  }

  std::shared_ptr<meeting> at_;
  alarm_clock& time_;
  std::optional<context> turn_;
  clock::time_point turn_began_;
  clock::time_point call_began_;
  std::vector<uint32_t> calls_ns_;
};

} // namespace

expected<stretch> run_here(const runtime& rt, const std::vector<user>& users,
                           const turn_shape& shape) {
  auto at = std::make_shared<meeting>(rt, users, shape);
  auto over = at->ended.get_future();
  runtime_internals inside{rt};
  auto began = usage_now();
  for (size_t i = 0; i < shape.concurrency; ++i) {
    auto loop = i % inside.loops();
    auto one = std::make_shared<caller>(at, inside.clock(loop));
    boost::asio::post(inside.io(loop), [one, delay = shape.delay_of(i)] {
      one->next_turn_in(delay);
    });
  }
  over.wait();
  auto made = at->book.result();
  if (!made)
    return made;
  span took{began, at->finished};
  made->seconds = took.seconds;
  made->cpu_us = took.cpu_us;
  return made;
}

} // namespace byollm::load
