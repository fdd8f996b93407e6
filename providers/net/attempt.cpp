// SPDX-License-Identifier: Apache-2.0
#include "providers/net/attempt.hpp"

#include "messages/address.hpp"
#include "providers/net/address_guard.hpp"
#include "providers/net/pool.hpp"

#include <algorithm>
#include <utility>

namespace byollm::net {

namespace {

// A stream's pieces are short, and as long as it is open it keeps the room.
constexpr size_t stream_read_bytes = 2u << 10;
constexpr size_t whole_read_bytes = 4u << 10;

std::chrono::microseconds micros(alarm_clock::time_point::duration span) {
  return std::chrono::duration_cast<std::chrono::microseconds>(span);
}

// In every dialect, and whoever pays: it costs nothing.
void add_trace(wire_request& to, const provider_call& call) {
  auto trace = trace_of(*call.request);
  if (!call.traceparent.empty())
    trace.parent = call.traceparent;
  if (!trace.parent.empty())
    to.headers.push_back({"traceparent", std::move(trace.parent)});
  if (!trace.state.empty())
    to.headers.push_back({"tracestate", std::move(trace.state)});
}

} // namespace

failure caller_gone() {
  return {errc::cancelled, "the caller cancelled"};
}

failure repeats_key() {
  return {errc::protocol, "the answer repeats the key where no words belong"};
}

attempt::attempt(pool& owner, provider_call call,
                 std::shared_ptr<attempt_sink> sink)
    : pool_(owner),
      call_(std::move(call)),
      sink_(std::move(sink)),
      started_at_(owner.parts().clock.now()) {
  // nop
}

void attempt::wait() {
  limit_total_only();
}

// -- the way there ------------------------------------------------------------

void attempt::run() {
  phase_ = phase::connecting;
  auto wire = encode();
  if (!wire)
    return fail_later(std::move(wire).error());
  wire_ = *std::move(wire);
  add_trace(wire_, call_);
  channel_ = pool_.take_idle();
  if (!channel_)
    return connect();
  channel_->attach(this);
  ask();
}

expected<wire_request> attempt::encode() const {
  const auto& speaks = pool_.speaks();
  switch (call_.kind) {
  case call_kind::models:
    return speaks.encode_models(target().url());
  case call_kind::embeddings:
    return speaks.encode_embeddings(
      {target().url(), model(), *call_.embed, call_.request->metadata});
  case call_kind::count:
    return speaks.encode_count({target().url(), model(), *call_.request,
                                call_.params, false, target().is_byollm()});
  case call_kind::message:
    break;
  }
  return speaks.encode({target().url(), model(), *call_.request, call_.params,
                        call_.stream, target().is_byollm()});
}

std::unique_ptr<answer_decoder> attempt::make_decoder() const {
  const auto& speaks = pool_.speaks();
  switch (call_.kind) {
  case call_kind::models:
    return speaks.models_decoder();
  case call_kind::embeddings:
    return speaks.embeddings_decoder(*call_.embed);
  case call_kind::count:
    return speaks.count_decoder();
  case call_kind::message:
    break;
  }
  return speaks.decoder(call_.stream);
}

void attempt::connect() {
  limit(pool_.parts().options.connect_timeout, errc::connect_timeout);
  connect_by_ = limit_at_;
  look_up();
}

void attempt::look_up() {
  auto& host = target().url().at().host();
  if (auto numeric = parse_ip(host))
    return on_addresses(std::vector<ip_bytes>{*numeric});
  const auto& who = target().binding();
  net::lookup what{host, who.tenant, who.user,
                   pool_.parts().options.connect_timeout};
  pool_.parts().resolver->resolve(
    what, [weak = weak_from_this()](net::addresses found) {
      auto self = weak.lock();
      if (self && self->phase_ == phase::connecting)
        self->on_addresses(std::move(found));
    });
}

// Without a file descriptor a connection that nobody uses gives its own. The
// name is looked up again: its addresses are good for one attempt to connect.
bool attempt::makes_way(const failure& why) {
  return why.code == errc::overloaded
         && ways_made_++ < limits::descriptor_tries_max
         && pool_.parts().idle->close_oldest();
}

void attempt::on_addresses(expected<std::vector<ip_bytes>> found) {
  if (!found && makes_way(found.error()))
    return look_up();
  if (!found)
    return fail_later(std::move(found).error());
  // The last word on where a key goes: these very addresses are connected to,
  // and no name is looked up again.
  auto& parts = pool_.parts();
  if (auto ok = check_addresses(*found, target().allowed(),
                                parts.own->at(parts.clock.now()));
      !ok)
    return fail_later(std::move(ok).error());
  auto made = pool_.make_connection();
  if (!made)
    return fail_later(std::move(made).error());
  channel_ = *std::move(made);
  channel_->attach(this);
  // An address that swallows everything must not use up the others' time.
  address_time_ = (connect_by_ - pool_.parts().clock.now())
                  / static_cast<int64_t>(found->size());
  limit_address();
  channel_->open(*std::move(found), target().url().at().port());
}

void attempt::limit_address() {
  auto now = pool_.parts().clock.now();
  limit_at_ = std::min(connect_by_, now + std::max(address_time_, duration{1}));
  arm();
}

void attempt::on_open(status result) {
  if (!result && makes_way(result.error())) {
    channel_->close();
    channel_ = nullptr;
    limit_at_ = connect_by_;
    arm();
    return look_up();
  }
  if (!result)
    return finish(std::move(result).error());
  ask();
}

void attempt::ask() {
  if (auto ok = write_request(); !ok)
    return fail_later(std::move(ok).error());
  phase_ = phase::asking;
  sent_ = certainty::maybe;
  asked_at_ = pool_.parts().clock.now();
  limit(pool_.parts().options.first_byte_timeout, errc::first_byte_timeout);
  // A server may refuse a long request before it has read it.
  channel_->read_first(call_.stream ? stream_read_bytes : whole_read_bytes);
}

status attempt::write_request() {
  decoder_ = make_decoder();
  channel_->framer().start();
  // The key is in clear from here to the end of the write, nowhere else.
  auto key = pool_.parts().vault.redeem(*call_.ticket);
  if (!key)
    return std::move(key).error();
  guard_.learn(key->bytes());
  auto ok = channel_->head().build(wire_, pool_.host_header(),
                                   pool_.speaks().auth(), key->bytes());
  if (ok)
    channel_->write(std::move(wire_.body));
  // It is written once, and an answer may take long.
  std::vector<wire_header>{}.swap(wire_.headers);
  return ok;
}

void attempt::on_written(bool whole, bool begun) {
  // If it broke, the read is about to tell, perhaps with an answer.
  is_written_ = whole;
  if (phase_ == phase::asking && !begun)
    sent_ = certainty::no;
  if (whole && awaits_answer())
    limit_first_byte();
}

bool attempt::awaits_answer() const noexcept {
  // Interim responses may come before the request is whole.
  return phase_ == phase::asking
         || (phase_ == phase::answering && channel_->framer().is_waiting());
}

void attempt::fail_later(failure why) {
  pool_.parts().gate->post(
    [self = shared_from_this(), why = std::move(why)]() mutable {
      self->finish(std::move(why));
    });
}

const std::string& attempt::model() const noexcept {
  return call_.model.empty() ? target().model() : call_.model;
}

// -- time ---------------------------------------------------------------------

void attempt::limit(duration timeout, errc code) {
  limit_at_ = pool_.parts().clock.now() + timeout;
  limit_code_ = code;
  arm();
}

void attempt::limit_first_byte() {
  if (is_generated_whole())
    return limit_total_only();
  limit(pool_.parts().options.first_byte_timeout, errc::first_byte_timeout);
}

// Its first byte is its end: how long that takes, only the caller can know.
bool attempt::is_generated_whole() const noexcept {
  switch (call_.kind) {
  case call_kind::message:
    return !call_.stream;
  case call_kind::embeddings:
    return true; // up to 2,048 texts, and a local model may be on a CPU
  case call_kind::models:
  case call_kind::count:
    return false;
  }
  return false;
}

void attempt::limit_total_only() {
  limit_at_ = time_point::max();
  arm();
}

void attempt::arm() {
  // An alarm that rings too early is cheaper than one set anew at each step:
  // limits mostly move back.
  auto when = std::min(limit_at_, call_.deadline);
  if (alarm_ != 0 && alarm_at_ <= when)
    return;
  auto& clock = pool_.parts().clock;
  clock.cancel(alarm_);
  alarm_at_ = when;
  alarm_ = clock.set(when, [this] { on_alarm(); });
}

void attempt::on_alarm() {
  alarm_ = 0;
  auto now = pool_.parts().clock.now();
  if (phase_ == phase::ending && now >= std::min(limit_at_, call_.deadline))
    return complete(false);
  if (now >= call_.deadline)
    return finish(
      sent_ == certainty::no
        ? failure{errc::deadline_exceeded,
                  "the deadline passed before the request was sent"}
        : failure{errc::total_timeout, "the deadline passed at the provider"});
  if (phase_ == phase::connecting && channel_ && now >= limit_at_
      && now < connect_by_) {
    channel_->skip_address();
    return limit_address();
  }
  if (now >= limit_at_)
    return finish(failure{limit_code_, "the provider took too long"});
  arm();
}

// -- the end ------------------------------------------------------------------

void attempt::finish(failure why) {
  end(std::move(why), false);
}

void attempt::end(failure why, bool keep) {
  if (phase_ == phase::done)
    return;
  if (is_draining_) {
    why = caller_gone();
    keep = false;
  }
  // What follows may destroy the pool; this stays until the sink was told.
  auto self = shared_from_this();
  auto told = outcome(std::move(why));
  auto sink = std::move(sink_);
  pool_.parts().clock.cancel(alarm_);
  if (channel_ && keep)
    channel_->attach(nullptr);
  else if (channel_)
    channel_->close();
  pool_.retire(*this, keep ? std::move(channel_) : nullptr);
  sink->on_done(std::move(told));
}

attempt_outcome attempt::outcome(failure why) {
  attempt_outcome result;
  if (decoder_)
    result.reply = std::move(decoder_->reply());
  auto& losses = result.reply.losses;
  losses.insert(losses.begin(), wire_.losses.begin(), wire_.losses.end());
  // The decoder puts it into its own verdicts; this may be the transport's.
  if (why.code != errc::none && why.provider_request_id.empty())
    why.provider_request_id = result.reply.provider_request_id;
  // Beyond the answer's content nothing goes further that repeats the key.
  if (guard_.strike(why, result.reply) && why.code == errc::none)
    why = repeats_key();
  result.reply.provider = target().provider();
  result.reply.is_byollm = target().is_byollm();
  result.reply.billing = target().billing();
  if (result.reply.model.empty())
    result.reply.model = model();
  why.sent = sent_;
  if (why.code != errc::none && why.http_status == 0)
    why.http_status = http_status_;
  result.why = std::move(why);
  result.sent = sent_;
  result.first_byte = first_byte_;
  result.first_token = first_token_;
  result.latency = micros(pool_.parts().clock.now() - started_at_);
  return result;
}

} // namespace byollm::net
