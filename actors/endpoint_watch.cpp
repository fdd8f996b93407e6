// SPDX-License-Identifier: Apache-2.0
#include "actors/endpoint_watch.hpp"

#include <utility>

namespace byollm {

class endpoint_watch::sink final : public attempt_sink {
public:
  sink(std::shared_ptr<endpoint_watch> watch, breaker::pass pass,
       std::shared_ptr<attempt_sink> to)
      : watch_(std::move(watch)), pass_(pass), to_(std::move(to)) {
    // nop
  }

  sink(const sink&) = delete;
  sink& operator=(const sink&) = delete;

  ~sink() override {
    if (!is_done_)
      watch_->breaker_.left(pass_);
  }

  void on_delta(delta piece) override {
    // An answer may take minutes; that it begins is what a probe is to show.
    if (!std::exchange(has_begun_, true))
      watch_->answer_began();
    to_->on_delta(std::move(piece));
  }

  bool wants_more() const noexcept override {
    return to_->wants_more();
  }

  void when_ready(std::function<void()> resume) override {
    to_->when_ready(std::move(resume));
  }

  void on_done(attempt_outcome outcome) override {
    is_done_ = true;
    watch_->ended(pass_, outcome.why);
    to_->on_done(std::move(outcome));
  }

private:
  std::shared_ptr<endpoint_watch> watch_;
  breaker::pass pass_;
  std::shared_ptr<attempt_sink> to_;
  bool has_begun_ = false;
  bool is_done_ = false;
};

endpoint_watch::endpoint_watch(llm_target::ptr target, alarm_clock& clock,
                               log_fn log, runtime_gauges_ptr gauges)
    : target_(std::move(target)),
      clock_(clock),
      log_(std::move(log)),
      is_open_(std::move(gauges), &runtime_gauges::breakers_open) {
  // nop
}

expected<std::shared_ptr<attempt_sink>>
endpoint_watch::admit(std::shared_ptr<attempt_sink> to, bool is_test) {
  auto now = clock_.now();
  auto pass = is_test ? breaker_.enter_anyway(now) : breaker_.enter(now);
  if (!pass)
    return refusal(now);
  return std::shared_ptr<attempt_sink>{
    std::make_shared<sink>(shared_from_this(), *pass, std::move(to))};
}

void endpoint_watch::answer_began() {
  tell(breaker_.began());
}

void endpoint_watch::ended(breaker::pass of, const failure& why) {
  switch (sign_of(why)) {
  case endpoint_sign::answers:
    return tell(breaker_.answered());
  case endpoint_sign::fails:
    last_failure_ = why.code;
    return tell(breaker_.failed(of, clock_.now()));
  case endpoint_sign::nothing:
    return breaker_.left(of);
  }
}

failure endpoint_watch::refusal(alarm_clock::time_point now) const {
  auto left = breaker_.wait(now);
  failure why{
    errc::circuit_open,
    "the last attempts failed (" + std::string{to_string(last_failure_)}
      + "); try again in "
      + std::to_string(std::chrono::ceil<std::chrono::seconds>(left).count())
      + " s"};
  why.retry_after = std::chrono::ceil<std::chrono::milliseconds>(left);
  return why;
}

void endpoint_watch::tell(breaker::turned what) {
  if (what == breaker::turned::nowhere)
    return;
  is_open_.set(what == breaker::turned::open ? 1 : 0);
  if (!log_)
    return;
  log_fields fields{{"provider", target_->provider()},
                    {"origin", target_->url().at().str()},
                    {"tenant", target_->binding().tenant},
                    {"user", target_->binding().user}};
  if (what == breaker::turned::closed)
    return log_(log_level::info, "an LLM answers again", fields);
  fields.emplace_back("error", to_string(last_failure_));
  log_(log_level::warning, "an LLM fails again and again, so it is left alone",
       fields);
}

} // namespace byollm
