// SPDX-License-Identifier: Apache-2.0
#include "tests/load/virtual_port.hpp"

namespace byollm::load {

namespace {

using namespace std::chrono_literals;

constexpr auto answer_time = 1'000us;
constexpr auto refusal_time = 100us;

attempt_outcome failed(errc code, certainty sent) {
  attempt_outcome result;
  result.why = {code, "the scenario says so"};
  result.why.sent = result.sent = sent;
  return result;
}

} // namespace

void virtual_port::start(provider_call call,
                         std::shared_ptr<attempt_sink> sink) {
  const auto& receipt = *call.ticket->receipt();
  auto seq = receipt.seq();
  auto& made = open_[seq];
  made.sink = std::move(sink);
  made.call = receipt.call();
  auto kind = world_.kind_of(call.ticket->target()->binding());
  if (kind == user_kind::bad_key || kind == user_kind::unreachable) {
    auto outcome = kind == user_kind::bad_key
                     ? failed(errc::authentication, certainty::yes)
                     : failed(errc::connect_failed, certainty::no);
    made.alarm = world_.after(refusal_time,
                              [this, seq, outcome] { finish(seq, outcome); });
    return;
  }
  made.chunks_left = call.stream ? world_.load().standin.chunks : 0;
  made.alarm = world_.after(answer_time, [this, seq] { next(seq); });
}

void virtual_port::next(uint64_t seq) {
  auto& now = open_.at(seq);
  if (now.chunks_left == 0) {
    attempt_outcome whole;
    whole.sent = certainty::yes;
    whole.reply.content.push_back(text_block{"answer"});
    return finish(seq, std::move(whole));
  }
  --now.chunks_left;
  auto gap = world_.load().standin.chunk_interval;
  now.alarm
    = world_.clock.set(world_.clock.now() + gap, [this, seq] { next(seq); });
  world_.note("chunk");
  world_.note(now.call);
  // Last: the sink may end the attempt from inside.
  now.sink->on_delta({delta::kind::text, 0, "chunk", "", ""});
}

void virtual_port::cancel(const intent_receipt& receipt) {
  auto it = open_.find(receipt.seq());
  if (it == open_.end())
    return;
  world_.clock.cancel(it->second.alarm);
  finish(receipt.seq(), failed(errc::cancelled, certainty::maybe));
}

void virtual_port::close(const failure& why) {
  while (!open_.empty()) {
    auto& [seq, first] = *open_.begin();
    world_.clock.cancel(first.alarm);
    finish(seq, failed(why.code, certainty::maybe));
  }
}

void virtual_port::finish(uint64_t seq, attempt_outcome outcome) {
  auto ended = open_.extract(seq);
  world_.note(to_string(outcome.why.code));
  world_.note(ended.mapped().call);
  ended.mapped().sink->on_done(std::move(outcome));
}

} // namespace byollm::load
