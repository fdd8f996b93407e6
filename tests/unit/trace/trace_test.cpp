// SPDX-License-Identifier: Apache-2.0
// Goal: spans hang together without anybody keeping them, what is not sampled
// is not recorded, and a queue that is full drops and counts. Method: records
// and requests, and the spans that come of them.
#include "app/trace/make_span.hpp"
#include "app/trace/tracer.hpp"
#include "messages/limits.hpp"
#include "tests/support/targets.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace byollm;
using namespace byollm::trace;

namespace {

const std::string trace_id = "4bf92f3577b34da6a3ce929d0e0e4736";
const std::string caller = "00-" + trace_id + "-00f067aa0ba902b7-01";
const std::string unsampled = "00-" + trace_id + "-00f067aa0ba902b7-00";

struct world {
  explicit world(double ratio = 1)
      : made(queue, {ratio, [this] { return std::to_string(++ids); }}) {
    // nop
  }

  /// A request as it comes in; `seen.trace` is what its calls go on with.
  service::seen_request request(const std::string& parent,
                                std::string_view method = "POST") {
    service::seen_request seen;
    seen.method = method;
    seen.route = "/v1/chat/completions";
    seen.caller.parent = seen.trace.parent = parent;
    requests.began(seen);
    seen.status = 200;
    seen.is_whole = true;
    return seen;
  }

  std::vector<span> spans() {
    return queue->take(limits::spans_waiting_max);
  }

  int ids = 0;
  std::shared_ptr<span_queue> queue = std::make_shared<span_queue>();
  tracer made;
  call_watch& calls = made;
  service::request_watch& requests = made;
};

std::shared_ptr<intent_record> intent_in(const trace_headers& trace) {
  auto made = std::make_shared<intent_record>();
  made->context = std::make_shared<call_context>(
    call_context{{*tenant_id::parse("acme"), *user_id::parse("ada"),
                  *app_id::parse("notes")},
                 *turn_id::parse("turn")});
  made->call = "call";
  made->attempt = 2;
  made->model = "own-model";
  made->target = user_target();
  auto request = std::make_shared<create_message_request>();
  request->system = "secret words";
  request->trace = trace;
  made->request = request;
  return made;
}

outcome_record outcome_of(std::shared_ptr<const intent_record> of) {
  outcome_record made;
  made.context = of->context;
  made.call = of->call;
  made.attempt = of->attempt;
  made.status = call_status::success;
  made.latency_us = 2'000;
  made.finished_unix_ms = 1'000;
  made.usage.input_uncached = 5;
  made.usage.cache_read = 2;
  made.usage.output = 3;
  made.stop = stop_reason::end_turn;
  made.of = std::move(of);
  return made;
}

const span::value* find(const span& in, std::string_view key) {
  for (const auto& [name, value] : in.attributes)
    if (name == key)
      return &value;
  return nullptr;
}

} // namespace

TEST_CASE("the caller's span, ours and the attempt's are one chain",
          "[trace]") {
  world world;
  auto seen = world.request(caller);
  auto intent = intent_in(seen.trace);
  auto sent = parse_traceparent(world.calls.traceparent(*intent));
  REQUIRE(sent);
  world.calls.ended(outcome_of(intent));
  world.requests.ended(seen);
  auto spans = world.spans();
  REQUIRE(spans.size() == 2);
  const auto& attempt = spans[0];
  const auto& request = spans[1];
  CHECK(request.parent_id == "00f067aa0ba902b7");
  CHECK(attempt.parent_id == request.span_id);
  CHECK(sent->span_id == attempt.span_id);
  for (const auto& id : {attempt.trace_id, request.trace_id, sent->trace_id})
    CHECK(id == trace_id);
  CHECK(sent->flags == 1);
  CHECK(request.span_id != request.parent_id);
  CHECK(attempt.name == "chat own-model");
  CHECK(attempt.kind == span_kind::client);
  CHECK(request.kind == span_kind::server);
  CHECK(attempt.start_unix_us == 998'000);
  CHECK(attempt.end_unix_us == 1'000'000);
}

TEST_CASE("what is not sampled is passed on and not recorded", "[trace]") {
  world world;
  auto seen = world.request(unsampled);
  CHECK(seen.trace.parent == unsampled);
  auto intent = intent_in(seen.trace);
  CHECK(world.calls.traceparent(*intent).empty());
  world.calls.ended(outcome_of(intent));
  world.requests.ended(seen);
  CHECK(world.spans().empty());
}

TEST_CASE("the ratio is of the traces that begin here", "[trace]") {
  auto recorded = [](double ratio) {
    world world{ratio};
    size_t count = 0;
    for (int i = 0; i < 1'000; ++i) {
      auto seen = world.request("");
      auto intent = intent_in(seen.trace);
      // One decision for the request and its calls.
      auto both = !world.calls.traceparent(*intent).empty();
      world.calls.ended(outcome_of(intent));
      world.requests.ended(seen);
      auto spans = world.spans();
      CHECK(spans.size() == (both ? 2 : 0));
      count += spans.size() / 2;
    }
    return count;
  };
  CHECK(recorded(0) == 0);
  CHECK(recorded(1) == 1'000);
  auto some = recorded(0.25);
  CHECK(some > 150);
  CHECK(some < 350);
}

TEST_CASE("a call without any trace begins one by itself", "[trace]") {
  world world;
  auto intent = intent_in({});
  auto sent = parse_traceparent(world.calls.traceparent(*intent));
  REQUIRE(sent);
  world.calls.ended(outcome_of(intent));
  auto spans = world.spans();
  REQUIRE(spans.size() == 1);
  CHECK(spans[0].trace_id == sent->trace_id);
  CHECK(spans[0].span_id == sent->span_id);
  CHECK(spans[0].parent_id.empty());
}

TEST_CASE("who only looks begins no trace", "[trace]") {
  world world;
  auto seen = world.request("", "GET");
  world.requests.ended(seen);
  CHECK(world.spans().empty());
}

TEST_CASE("a span has the conventions' names, and no words of anybody",
          "[trace]") {
  auto intent = intent_in({});
  auto what = outcome_of(intent);
  what.why = {errc::rate_limited, "secret words"};
  auto made = attempt_span(what, {trace_id, "", 1});
  CHECK(*find(made, "gen_ai.operation.name") == span::value{"chat"});
  CHECK(*find(made, "gen_ai.provider.name") == span::value{"openai"});
  CHECK(*find(made, "gen_ai.request.model") == span::value{"own-model"});
  CHECK(*find(made, "gen_ai.usage.input_tokens") == span::value{int64_t{7}});
  CHECK(*find(made, "gen_ai.usage.output_tokens") == span::value{int64_t{3}});
  CHECK(*find(made, "gen_ai.response.finish_reasons")
        == span::value{std::vector<std::string>{"end_turn"}});
  CHECK(*find(made, "server.address") == span::value{"own.example.com"});
  CHECK(*find(made, "server.port") == span::value{int64_t{443}});
  CHECK(*find(made, "error.type") == span::value{"rate_limited"});
  CHECK(made.error == "rate_limited");
  for (const auto& [name, value] : made.attributes)
    if (auto text = std::get_if<std::string>(&value))
      for (auto word : {"secret", "acme", "ada", "notes"})
        CHECK(text->find(word) == std::string::npos);
}

TEST_CASE("a full queue drops what is new, and counts it", "[trace]") {
  span_queue queue;
  int woken = 0;
  queue.on_first([&] { ++woken; });
  for (size_t i = 0; i < limits::spans_waiting_max + 5; ++i)
    queue.push({});
  CHECK(queue.size() == limits::spans_waiting_max);
  CHECK(queue.dropped() == 5);
  CHECK(woken == 1);
  CHECK(queue.take(10).size() == 10);
  queue.push({});
  CHECK(queue.dropped() == 5);
}
