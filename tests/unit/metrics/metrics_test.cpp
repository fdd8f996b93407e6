// SPDX-License-Identifier: Apache-2.0
// Goal: metrics count what the ledger has, and nobody makes a series by
// inventing a name. Method: records with every name invented, and what the
// text has of them.
#include "app/metrics/labels.hpp"
#include "app/metrics/metrics.hpp"
#include "tests/support/targets.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

using namespace byollm;

namespace {

using outcome_ptr = std::shared_ptr<outcome_record>;

std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> out;
  std::istringstream in{text};
  for (std::string line; std::getline(in, line);)
    out.push_back(line);
  return out;
}

bool has(const std::string& text, const std::string& line) {
  auto all = lines(text);
  return std::ranges::find(all, line) != all.end();
}

std::shared_ptr<intent_record> intent_of(const llm_target::ptr& target,
                                         const std::string& name = "ada") {
  auto made = std::make_shared<intent_record>();
  made->context = std::make_shared<call_context>(
    call_context{{*tenant_id::parse("t" + name), *user_id::parse(name),
                  *app_id::parse("x" + name)},
                 *turn_id::parse("turn" + name)});
  made->call = "call" + name;
  made->purpose = "purpose" + name;
  made->model = "model" + name;
  made->target = target;
  made->request = std::make_shared<create_message_request>();
  return made;
}

outcome_record outcome_of(std::shared_ptr<const intent_record> of) {
  outcome_record made;
  made.context = of->context;
  made.call = of->call;
  made.status = call_status::success;
  made.billing = of->target->billing();
  made.latency_us = 1'500'000;
  made.first_byte_us = 200'000;
  made.first_token_us = 750'000;
  made.usage.input_uncached = 7;
  made.usage.output = 3;
  made.of = std::move(of);
  return made;
}

} // namespace

TEST_CASE("an attempt is counted by provider, who paid and cause",
          "[metrics]") {
  metrics::book book;
  auto own = intent_of(user_target());
  auto platform = intent_of(platform_target());
  call_watch& watch = book;
  watch.begun(*own);
  watch.begun(*platform);
  watch.ended(outcome_of(own));
  auto failed = outcome_of(platform);
  failed.status = call_status::rejected;
  failed.why.code = errc::rate_limited;
  failed.usage = {};
  failed.first_byte_us = failed.first_token_us = {};
  watch.ended(failed);
  auto text = book.text({});
  INFO(text);
  CHECK(has(text, "byollm_attempts_started_total{paid_by=\"byollm\","
                  "provider=\"openai\"} 1"));
  CHECK(has(text, "byollm_attempts_total{cause=\"none\",paid_by=\"byollm\","
                  "provider=\"openai\",status=\"success\"} 1"));
  CHECK(has(text, "byollm_attempts_total{cause=\"rate_limited\","
                  "paid_by=\"platform\",provider=\"anthropic\","
                  "status=\"rejected\"} 1"));
  CHECK(has(text, "byollm_tokens_total{kind=\"input_uncached\","
                  "paid_by=\"byollm\",provider=\"openai\"} 7"));
  CHECK(has(text, "byollm_tokens_total{kind=\"output\",paid_by=\"byollm\","
                  "provider=\"openai\"} 3"));
  CHECK(has(text, "byollm_attempt_duration_seconds_sum{paid_by=\"byollm\","
                  "provider=\"openai\"} 1.5"));
  CHECK(has(text, "byollm_attempt_duration_seconds_count{paid_by=\"platform\","
                  "provider=\"anthropic\"} 1"));
  for (std::string name : {"first_byte", "first_token"})
    CHECK(has(text, "byollm_attempt_" + name
                      + "_seconds_count{paid_by=\"platform\","
                        "provider=\"anthropic\"} 0"));
  CHECK(has(text, "byollm_attempt_first_byte_seconds_sum{paid_by=\"byollm\","
                  "provider=\"openai\"} 0.2"));
  CHECK(has(text, "byollm_attempt_first_token_seconds_sum{paid_by=\"byollm\","
                  "provider=\"openai\"} 0.75"));
}

TEST_CASE("what made no attempt is counted by cause", "[metrics]") {
  metrics::book book;
  call_watch& watch = book;
  refusal_record no;
  no.why.code = errc::balance_exhausted;
  watch.refused(no);
  watch.turned_away({errc::overloaded, "too many calls in flight"});
  watch.turned_away({errc::overloaded, "too many calls in flight"});
  auto text = book.text({});
  CHECK(has(text, "byollm_refusals_total{cause=\"balance_exhausted\"} 1"));
  CHECK(has(text, "byollm_turned_away_total{cause=\"overloaded\"} 2"));
}

TEST_CASE("requests are counted by route, whatever was asked", "[metrics]") {
  metrics::book book;
  service::request_watch& watch = book;
  service::seen_request seen;
  seen.method = "POST";
  seen.route = "/v1/extensions/{}/attach";
  seen.status = 201;
  seen.bytes_in = 10;
  seen.bytes_out = 20;
  watch.ended(seen);
  seen.status = 0;
  watch.ended(seen);
  auto text = book.text({});
  CHECK(has(text, "byollm_http_requests_total{code=\"2xx\",method=\"POST\","
                  "route=\"/v1/extensions/{}/attach\"} 1"));
  CHECK(has(text, "byollm_http_requests_total{code=\"gone\",method=\"POST\","
                  "route=\"/v1/extensions/{}/attach\"} 1"));
  CHECK(has(text, "byollm_http_request_body_bytes_total 20"));
  CHECK(has(text, "byollm_http_response_body_bytes_total 40"));
}

TEST_CASE("invented names make no series", "[metrics]") {
  metrics::book book;
  call_watch& watch = book;
  auto flood = [&](int from) {
    for (int i = from; i < from + 1'000; ++i) {
      auto name = "n" + std::to_string(i);
      auto what = intent_of(user_target(name, "made-up-" + name, name), name);
      watch.begun(*what);
      auto outcome = outcome_of(what);
      outcome.model = name;
      outcome.provider_request_id = name;
      outcome.why = {errc::provider_rejected, name, name};
      outcome.why.provider_code = name;
      watch.ended(outcome);
      refusal_record no;
      no.context = what->context;
      no.call = no.purpose = name;
      no.why = outcome.why;
      watch.refused(no);
      watch.turned_away(outcome.why);
    }
    return lines(book.text({})).size();
  };
  CHECK(flood(0) == flood(1'000));
  auto text = book.text({});
  CHECK(text.find("n1") == std::string::npos);
  CHECK(has(text, "byollm_attempts_started_total{paid_by=\"byollm\","
                  "provider=\"other\"} 2000"));
}

TEST_CASE("each number that is read has a line", "[metrics]") {
  metrics::readings now;
  now.runtime.in_flight = 3;
  now.runtime.ledger_records = 10;
  now.runtime.ledger_signed = 4;
  now.runtime.ledger_waiting = 8;
  now.runtime.breakers_open = 2;
  now.runtime.attempts_running = 12;
  now.runtime.attempts_queued = 13;
  now.runtime.connections_idle = 14;
  now.runtime.ledger_healthy = false;
  now.http_connections = 5;
  now.spans_dropped = 6;
  auto text = metrics::book{}.text(now);
  for (auto line :
       {"byollm_calls_in_flight 3", "byollm_ledger_unsigned_records 6",
        "byollm_ledger_waiting_records 8", "byollm_breakers_open 2",
        "byollm_attempts_running 12", "byollm_attempts_queued 13",
        "byollm_connections_idle 14", "byollm_ledger_healthy 0",
        "byollm_takes_calls 1", "byollm_http_connections 5",
        "byollm_trace_spans_dropped_total 6"})
    CHECK(has(text, line));
}
