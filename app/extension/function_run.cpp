// SPDX-License-Identifier: Apache-2.0
#include "app/extension/function_run.hpp"

#include "app/extension/one_answer.hpp"
#include "app/extension/result_json.hpp"
#include "app/runtime/context_internals.hpp"
#include "messages/limits.hpp"

#include <algorithm>

namespace byollm {

namespace {

using std::chrono::milliseconds;

milliseconds timeout_of(const function_call& asked) {
  return std::clamp(
    asked.timeout.value_or(milliseconds{limits::invocation_timeout}),
    milliseconds{1}, milliseconds{limits::invocation_timeout_max});
}

// What a handler failed of is its own; that it failed is ours to tell.
failure as_handlers(failure why) {
  if (why.code == errc::handler_failed)
    return why;
  why.parameter = to_string(why.code);
  why.code = errc::handler_failed;
  return why;
}

} // namespace

function_run::function_run(function_call asked, offered_ptr function,
                           running_place place, done_fn done)
    : asked_(std::move(asked)),
      function_(std::move(function)),
      place_(std::move(place)),
      done_(std::move(done)) {
  // nop
}

void function_run::start(const runtime& on, const std::string& extension) {
  turn_origin origin{asked_.source, asked_.function,
                     function_ ? function_->about.action : action_type::read};
  on.open_turn({asked_.tenant,
                asked_.user,
                extension,
                std::move(origin),
                asked_.turn,
                {},
                asked_.trace})
    .then([self = shared_from_this()](expected<context> turn) {
      if (turn)
        self->opened(*std::move(turn));
      else
        self->tell(turn.error());
    });
}

void function_run::opened(context turn) {
  {
    std::lock_guard guard{mutex_};
    turn_.emplace(turn);
  }
  if (!function_)
    return reject(turn, {errc::not_found,
                         "the extension has no function " + asked_.function,
                         "function"});
  auto params = function_->parameters->read(asked_.arguments_json);
  if (!params)
    return reject(turn, params.error());
  if (function_->about.action == action_type::destructive && !asked_.confirmed)
    return reject(turn,
                  {errc::confirmation_required,
                   "the function is destructive; the turn must confirm it",
                   "confirmed"});
  asked_.arguments_json = {};
  watch(turn);
  invoke(turn, *params);
}

// The function does not run; that is in the ledger before it is told.
void function_run::reject(const context& turn, failure why) {
  turn.reject(why).then(
    [self = shared_from_this(), why](const expected<unit>& done) {
      self->tell(done ? why : done.error());
    });
}

void function_run::watch(const context& turn) {
  auto alarm = later::after(
    context_internals::core_of(turn), timeout_of(asked_),
    [weak = weak_from_this()](bool is_time) {
      if (auto self = weak.lock())
        self->give_up(is_time
                        ? failure{errc::deadline_exceeded,
                                  "the function did not end in time"}
                        : failure{errc::stopping, "the runtime is stopping"});
    });
  {
    std::lock_guard guard{mutex_};
    alarm_ = std::move(alarm);
  }
  on_stop_.emplace(asked_.stop, [weak = weak_from_this()] {
    if (auto self = weak.lock())
      self->give_up({errc::cancelled, "the host cancelled"});
  });
}

void function_run::invoke(const context& turn,
                          const std::shared_ptr<void>& params) {
  if (has_ended())
    return;
  auto done = one_answer<function_result>(
    [self = shared_from_this()](expected<function_result> result) {
      self->returned(std::move(result));
    });
  try {
    function_->run(turn, params, stop_.get_token(), done);
  } catch (...) {
    done(failure_of(std::current_exception()));
  }
}

void function_run::returned(expected<function_result> result) {
  if (!result)
    return tell(as_handlers(result.error()));
  auto json = result_json(*result);
  if (!json)
    return tell(json.error());
  std::string turn;
  {
    std::lock_guard guard{mutex_};
    if (turn_)
      turn = turn_->turn();
  }
  tell(function_reply{*std::move(result), *std::move(json), std::move(turn),
                      function_->about.action});
}

void function_run::give_up(failure why) {
  auto ended = end();
  if (!ended)
    return;
  stop_.request_stop();
  if (ended->turn)
    context_internals::cancel_calls(*ended->turn, "their function was ended");
  tell(*std::move(ended), std::move(why));
}

void function_run::tell(expected<function_reply> reply) {
  if (auto ended = end())
    tell(*std::move(ended), std::move(reply));
}

// One whose turn did not open is told at once: it waits for nobody, and its
// host may wait for it.
void function_run::tell(ending ended, expected<function_reply> reply) {
  if (!ended.turn)
    return ended.done(std::move(reply));
  auto core = context_internals::core_of(*ended.turn);
  ended.turn.reset();
  soon(core, [done = std::move(ended.done),
              reply = std::move(reply)]() mutable { done(std::move(reply)); });
}

std::optional<function_run::ending> function_run::end() {
  std::unique_lock guard{mutex_};
  if (!done_)
    return std::nullopt;
  ending made{std::exchange(done_, nullptr), std::exchange(turn_, {})};
  auto alarm = std::move(alarm_);
  guard.unlock();
  if (alarm)
    alarm->cancel();
  place_.reset();
  return made;
}

bool function_run::has_ended() {
  std::lock_guard guard{mutex_};
  return !done_;
}

} // namespace byollm
