// SPDX-License-Identifier: Apache-2.0
#include "actors/relay.hpp"

namespace byollm {

relay::relay(const turn_actor& turn, shared<intent_receipt> receipt,
             std::shared_ptr<caller_port> caller)
    : turn_(caf::actor_cast<caf::weak_actor_ptr>(turn)),
      receipt_(std::move(receipt)),
      caller_(std::move(caller)) {
  // nop
}

relay::~relay() {
  if (is_done_)
    return;
  attempt_outcome lost;
  lost.why = {errc::unavailable, "a part of the runtime ended"};
  lost.sent = lost.why.sent = certainty::maybe;
  on_done(std::move(lost));
}

void relay::on_delta(delta piece) {
  // A sign of life is no part of an answer that another could not go on.
  if (piece.what != delta::kind::keep_alive)
    caller_saw_bytes_ = true;
  caller_->on_delta(std::move(piece));
}

bool relay::wants_more() const noexcept {
  return caller_->wants_more();
}

void relay::when_ready(std::function<void()> resume) {
  caller_->when_ready(std::move(resume));
}

void relay::on_done(attempt_outcome outcome) {
  is_done_ = true;
  if (auto to = caf::actor_cast<turn_actor>(turn_))
    caf::anon_send(to, atom::ended_v, receipt_,
                   std::make_shared<const attempt_report>(
                     attempt_report{std::move(outcome), caller_saw_bytes_}));
}

} // namespace byollm
