// SPDX-License-Identifier: Apache-2.0
#include "app/extension/agent_run.hpp"

#include "app/extension/bounds.hpp"
#include "app/extension/tool_round.hpp"
#include "app/runtime/context_internals.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace byollm {

namespace {

using std::chrono::milliseconds;

std::vector<tool> definitions_of(const std::vector<agent_tool>& tools) {
  std::vector<tool> made;
  for (const auto& each : tools)
    made.push_back({each.name, each.description, each.input_schema_json});
  return made;
}

std::vector<tool_use_block> uses_in(const message_reply& reply) {
  std::vector<tool_use_block> made;
  for (const auto& block : reply.content)
    if (auto use = std::get_if<tool_use_block>(&block))
      made.push_back(*use);
  return made;
}

void count(run_result& run, message_reply reply) {
  // A message without content, who goes on could not send.
  if (!reply.content.empty())
    run.messages.push_back({role::assistant, reply.content});
  auto tokens = tokens_of(reply);
  run.tokens += tokens.value_or(0);
  run.tokens_known = run.tokens_known && tokens;
  run.cost_micro += reply.cost_micro.value_or(0);
  run.cost_known = run.cost_known && reply.cost_micro;
  run.reply = std::move(reply);
}

} // namespace

std::optional<uint64_t> tokens_of(const message_reply& reply) {
  const auto& usage = reply.usage;
  if (!usage.input_uncached || !usage.output)
    return std::nullopt;
  return *usage.input_uncached + usage.cache_read.value_or(0)
         + usage.cache_write.value_or(0) + *usage.output;
}

std::optional<run_stop> spent(const run_limits& most, const run_result& run) {
  struct limit {
    const std::optional<uint64_t>& most;
    uint64_t used;
    bool is_known;
    run_stop stop;
  };
  const std::array all
    = {limit{most.tokens, run.tokens, run.tokens_known, run_stop::tokens},
       limit{most.cost_micro, run.cost_micro, run.cost_known, run_stop::cost}};
  for (const auto& each : all) {
    if (each.most && each.used >= *each.most)
      return each.stop;
    // Unknown is not zero.
    if (each.most && !each.is_known)
      return run_stop::uncounted;
  }
  if (run.rounds >= most.rounds)
    return run_stop::rounds;
  return std::nullopt;
}

agent_run::agent_run(llm_accessor llm, run_request asked, done_fn done)
    : llm_(std::move(llm)),
      request_(std::move(asked.request)),
      tools_(std::make_shared<const std::vector<agent_tool>>(
        std::move(asked.tools))),
      most_(asked.most),
      host_(std::move(asked.stop)),
      done_(std::move(done)) {
  result_.messages = std::exchange(request_.messages, {});
  request_.tools = definitions_of(*tools_);
}

void agent_run::start() {
  watch();
  ask();
}

void agent_run::watch() {
  on_stop_.emplace(host_, [weak = weak_from_this()] {
    if (auto self = weak.lock())
      self->end(run_stop::failed, {errc::cancelled, "the caller cancelled"});
  });
  if (!most_.time)
    return;
  auto alarm
    = later::after(context_internals::core_of(llm_),
                   std::clamp(*most_.time, milliseconds{0},
                              milliseconds{limits::run_time_max}),
                   [weak = weak_from_this()](bool is_time) {
                     auto self = weak.lock();
                     if (!self)
                       return;
                     if (is_time)
                       self->end(run_stop::time);
                     else
                       self->end(run_stop::failed,
                                 {errc::stopping, "the runtime is stopping"});
                   });
  std::lock_guard guard{mutex_};
  alarm_ = std::move(alarm);
}

void agent_run::ask() {
  auto call = std::make_shared<late_call>();
  std::unique_lock guard{mutex_};
  if (!done_)
    return;
  if (auto stop = spent(most_, result_)) {
    guard.unlock();
    return end(*stop);
  }
  ++result_.rounds;
  auto request = request_;
  request.messages = result_.messages;
  call_ = call;
  guard.unlock();
  call->set(llm_.create_message(
    std::move(request),
    [self = shared_from_this()](expected<message_reply> reply) {
      self->replied(std::move(reply));
    }));
}

void agent_run::replied(expected<message_reply> reply) {
  std::unique_lock guard{mutex_};
  if (!done_)
    return;
  call_.reset();
  if (!reply) {
    guard.unlock();
    if (reply.error().code == errc::content_policy)
      return end(run_stop::refused, reply.error());
    return end(run_stop::failed, reply.error());
  }
  auto why = reply->stop;
  auto uses = uses_in(*reply);
  count(result_, *std::move(reply));
  // Nobody would see what the tools did.
  auto stop = spent(most_, result_);
  guard.unlock();
  if (why == stop_reason::refusal)
    return end(run_stop::refused);
  if (why == stop_reason::max_tokens)
    return end(run_stop::length);
  if (why == stop_reason::pause)
    return ask();
  if (uses.empty())
    return end(run_stop::finished);
  if (stop)
    return end(*stop);
  use_tools(std::move(uses));
}

void agent_run::use_tools(std::vector<tool_use_block> uses) {
  std::make_shared<tool_round>(
    tools_, std::move(uses), stop_.get_token(),
    [self = shared_from_this()](std::vector<content_block> answers) {
      self->used(std::move(answers));
    })
    ->start();
}

void agent_run::used(std::vector<content_block> answers) {
  {
    std::lock_guard guard{mutex_};
    if (!done_)
      return;
    result_.tool_calls += static_cast<uint32_t>(answers.size());
    result_.messages.push_back({role::user, std::move(answers)});
  }
  ask();
}

void agent_run::end(run_stop stop, failure why) {
  std::unique_lock guard{mutex_};
  if (!done_)
    return;
  auto done = std::exchange(done_, nullptr);
  auto told = std::move(result_);
  auto call = std::exchange(call_, nullptr);
  auto alarm = std::exchange(alarm_, nullptr);
  guard.unlock();
  told.stop = stop;
  told.why = std::move(why);
  stop_.request_stop();
  if (call)
    call->cancel();
  if (alarm)
    alarm->cancel();
  done(std::move(told));
}

} // namespace byollm
