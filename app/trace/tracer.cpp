// SPDX-License-Identifier: Apache-2.0
#include "app/trace/tracer.hpp"

#include "app/trace/make_span.hpp"

#include <charconv>
#include <utility>

namespace byollm::trace {

namespace {

constexpr uint8_t sampled = 1;

} // namespace

tracer::tracer(std::shared_ptr<span_queue> to, tracer_options options)
    : to_(std::move(to)), options_(std::move(options)) {
  // nop
}

// By the trace's last 56 bits, as others do: whoever has the same ratio takes
// the same traces.
bool tracer::is_taken(const std::string& trace_id) const noexcept {
  uint64_t random = 0;
  auto last = trace_id.data() + trace_id.size();
  std::from_chars(last - 14, last, random, 16);
  constexpr auto all = double{1ull << 56};
  return static_cast<double>(random) >= (1 - options_.ratio) * all;
}

std::optional<trace_context>
tracer::parent_of(const intent_record& what) const {
  if (auto given = parse_traceparent(trace_of(*what.request).parent))
    return given->is_sampled() ? given : std::nullopt;
  // Nobody gave one: asked by the owner's CLI, or a test of an LLM.
  trace_context made{trace_id_of(what.context->turn.str() + '/' + what.call),
                     "", sampled};
  return is_taken(made.trace_id) ? std::optional{made} : std::nullopt;
}

std::string tracer::traceparent(const intent_record& what) const noexcept {
  auto in = parent_of(what);
  if (!in)
    return {};
  in->span_id = span_id_of(in->trace_id, what.call, what.attempt);
  return to_traceparent(*in);
}

void tracer::ended(const outcome_record& what) noexcept {
  if (auto in = parent_of(*what.of)) {
    auto made = attempt_span(what, *in);
    made.state = trace_of(*what.of->request).state;
    to_->push(std::move(made));
  }
}

// A trace that is not recorded is passed on as it came. Only what may make
// calls begins one: nobody wants to see who asks whether we live.
void tracer::began(service::seen_request& what) noexcept {
  auto given = parse_traceparent(what.caller.parent);
  if (given ? !given->is_sampled() : what.method != "POST")
    return;
  trace_context own;
  auto id = options_.new_id();
  if (given) {
    own = *std::move(given);
  } else {
    own.trace_id = trace_id_of(id);
    own.flags = is_taken(own.trace_id) ? sampled : uint8_t{0};
  }
  own.span_id = span_id_of(own.trace_id, id, 0);
  what.trace.parent = to_traceparent(own);
}

void tracer::ended(const service::seen_request& what) noexcept {
  auto own = parse_traceparent(what.trace.parent);
  if (own && own->is_sampled() && what.trace.parent != what.caller.parent)
    to_->push(request_span(what));
}

} // namespace byollm::trace
