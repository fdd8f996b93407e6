// SPDX-License-Identifier: Apache-2.0
#include "app/extension/tool_round.hpp"

#include "app/extension/bounds.hpp"
#include "app/extension/cut_text.hpp"
#include "app/extension/one_answer.hpp"

#include <algorithm>

namespace byollm {

namespace {

// What the LLM reads of a failure.
std::string words_of(const failure& why) {
  if (why.code == errc::validation_rejected)
    return "the arguments do not fit: " + why.detail;
  if (why.code == errc::not_found)
    return why.detail;
  auto kind = why.code == errc::handler_failed
                ? why.parameter
                : std::string{to_string(why.code)};
  return kind + ": " + why.detail;
}

tool_result_block result_of(const std::string& id,
                            const expected<std::string>& answer) {
  auto text = answer ? *answer : words_of(answer.error());
  auto is_cut = text.size() > limits::tool_result_bytes_max;
  text = cut_text(text, limits::tool_result_bytes_max);
  if (is_cut)
    text += " [cut here]";
  return {id, std::move(text), !answer};
}

} // namespace

tool_round::tool_round(std::shared_ptr<const std::vector<agent_tool>> known,
                       std::vector<tool_use_block> uses, std::stop_token stop,
                       done_fn done)
    : known_(std::move(known)),
      uses_(std::move(uses)),
      stop_(std::move(stop)),
      done_(std::move(done)),
      answers_(uses_.size()),
      left_(uses_.size()) {
  // nop
}

void tool_round::start() {
  std::unique_lock guard{mutex_};
  if (std::exchange(starts_, true))
    return;
  while (next_ < uses_.size() && running_ < limits::tools_at_a_time
         && !stop_.stop_requested()) {
    auto index = next_++;
    ++running_;
    guard.unlock();
    use(index);
    guard.lock();
  }
  starts_ = false;
}

void tool_round::use(size_t index) {
  const auto& wanted = uses_[index];
  auto done = one_answer<std::string>(
    [self = shared_from_this(), index](const expected<std::string>& answer) {
      self->answered(index, answer);
    });
  auto tool = std::ranges::find(*known_, wanted.name, &agent_tool::name);
  if (tool == known_->end())
    return done(failure{errc::not_found, "there is no tool " + wanted.name});
  try {
    tool->use(wanted.input_json, stop_, done);
  } catch (...) {
    done(failure_of(std::current_exception()));
  }
}

void tool_round::answered(size_t index, const expected<std::string>& answer) {
  auto result = result_of(uses_[index].id, answer);
  std::unique_lock guard{mutex_};
  answers_[index] = std::move(result);
  --running_;
  if (--left_ > 0) {
    guard.unlock();
    return start();
  }
  auto all = std::move(answers_);
  guard.unlock();
  if (!stop_.stop_requested())
    done_(std::move(all));
}

} // namespace byollm
