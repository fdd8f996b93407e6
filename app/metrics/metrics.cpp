// SPDX-License-Identifier: Apache-2.0
#include "app/metrics/metrics.hpp"

#include "app/metrics/labels.hpp"
#include "app/metrics/readings.hpp"

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <array>
#include <sstream>
#include <utility>

namespace byollm::metrics {

namespace {

using prometheus::Counter;
using prometheus::Family;
using prometheus::Histogram;
using prometheus::Labels;

using counters = Family<Counter>;
using histograms = Family<Histogram>;

// In seconds. An answer may take limits::call_timeout_max, its first byte
// rarely more than a minute.
const Histogram::BucketBoundaries answer_buckets
  = {0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 80, 160, 320, 640};
const Histogram::BucketBoundaries first_byte_buckets
  = {0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 80};
const Histogram::BucketBoundaries request_buckets
  = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5, 20, 80, 320};

std::string text_of(std::string_view from) {
  return std::string{from};
}

Labels who(std::string_view provider, billing_class paid) {
  return {{"provider", text_of(provider)},
          {"paid_by", text_of(to_string(paid))}};
}

Labels who(const intent_record& what) {
  return who(provider_label(what.target->provider()), what.target->billing());
}

Labels with(Labels labels, const char* name, std::string_view value) {
  labels.emplace(name, value);
  return labels;
}

using count = std::optional<uint64_t> token_usage::*;

constexpr std::array<std::pair<std::string_view, count>, 5> token_kinds
  = {{{"input_uncached", &token_usage::input_uncached},
      {"cache_read", &token_usage::cache_read},
      {"cache_write", &token_usage::cache_write},
      {"output", &token_usage::output},
      {"reasoning", &token_usage::reasoning}}};

double seconds(int64_t us) {
  return static_cast<double>(us) / 1e6;
}

} // namespace

struct book::impl {
  counters& add_counters(const char* name, const char* help) {
    return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
  }

  histograms& add_histograms(const char* name, const char* help) {
    return prometheus::BuildHistogram().Name(name).Help(help).Register(
      registry);
  }

  // A family without a series is not shown, and a rate needs a first zero.
  void show_zeros() {
    for (auto provider : provider_labels())
      for (auto paid : {billing_class::byollm, billing_class::platform}) {
        auto labels = who(provider, paid);
        started.Add(labels);
        latency.Add(labels, answer_buckets);
        first_byte.Add(labels, first_byte_buckets);
        first_token.Add(labels, first_byte_buckets);
        attempts.Add(with(with(labels, "status", "success"), "cause", "none"));
        for (const auto& [kind, _] : token_kinds)
          tokens.Add(with(labels, "kind", kind));
      }
    for (auto code : {errc::overloaded, errc::audit_unavailable})
      turned_away.Add({{"cause", text_of(to_string(code))}});
    for (auto code : {errc::no_provider, errc::balance_exhausted})
      refusals.Add({{"cause", text_of(to_string(code))}});
    for (auto status : {0, 200, 400, 500})
      requests.Add({{"method", ""},
                    {"route", ""},
                    {"code", text_of(status_label(status))}});
    request_time.Add({{"route", ""}}, request_buckets);
    prometheus::BuildGauge()
      .Name("byollm_build_info")
      .Help("Always 1; which version this is.")
      .Register(registry)
      .Add({{"version", BYOLLM_VERSION}})
      .Set(1);
  }

  prometheus::Registry registry;
  counters& started
    = add_counters("byollm_attempts_started_total",
                   "Attempts whose intent is durable, by provider.");
  counters& attempts
    = add_counters("byollm_attempts_total",
                   "Attempts whose outcome is durable, by provider, who paid, "
                   "status and error.");
  counters& tokens = add_counters(
    "byollm_tokens_total",
    "Tokens as providers told them; reasoning is part of the output.");
  histograms& latency
    = add_histograms("byollm_attempt_duration_seconds",
                     "How long an attempt took, to the end of its answer.");
  histograms& first_byte
    = add_histograms("byollm_attempt_first_byte_seconds",
                     "From the request's first byte to the answer's first.");
  histograms& first_token
    = add_histograms("byollm_attempt_first_token_seconds",
                     "From the request's first byte to the first text, thought "
                     "or tool use of a streamed answer.");
  counters& refusals
    = add_counters("byollm_refusals_total",
                   "Calls that the ledger has as refused before an attempt.");
  counters& turned_away
    = add_counters("byollm_turned_away_total",
                   "Calls and records that the ledger does not have: admission "
                   "was full, an id was used already, it cannot be written.");
  counters& requests
    = add_counters("byollm_http_requests_total",
                   "Requests to the service, by route and class of status.");
  histograms& request_time
    = add_histograms("byollm_http_request_duration_seconds",
                     "From a request to the end of its answer.");
  counters& bytes_in = add_counters("byollm_http_request_body_bytes_total",
                                    "Bytes of requests' bodies.");
  counters& bytes_out = add_counters("byollm_http_response_body_bytes_total",
                                     "Bytes of answers' bodies.");
  Counter& all_in = bytes_in.Add({});
  Counter& all_out = bytes_out.Add({});
};

book::book() : impl_(std::make_unique<impl>()) {
  impl_->show_zeros();
}

book::~book() = default;

// -- calls --------------------------------------------------------------------

void book::begun(const intent_record& what) noexcept {
  impl_->started.Add(who(what)).Increment();
}

void book::ended(const outcome_record& what) noexcept {
  auto labels = who(*what.of);
  auto status = with(labels, "status", to_string(what.status));
  impl_->attempts.Add(with(status, "cause", to_string(what.why.code)))
    .Increment();
  impl_->latency.Add(labels, answer_buckets).Observe(seconds(what.latency_us));
  if (what.first_byte_us)
    impl_->first_byte.Add(labels, first_byte_buckets)
      .Observe(seconds(*what.first_byte_us));
  if (what.first_token_us)
    impl_->first_token.Add(labels, first_byte_buckets)
      .Observe(seconds(*what.first_token_us));
  for (const auto& [kind, which] : token_kinds)
    if (auto told = what.usage.*which)
      impl_->tokens.Add(with(labels, "kind", kind))
        .Increment(static_cast<double>(*told));
}

void book::refused(const refusal_record& what) noexcept {
  impl_->refusals.Add({{"cause", text_of(to_string(what.why.code))}})
    .Increment();
}

void book::turned_away(const failure& why) noexcept {
  impl_->turned_away.Add({{"cause", text_of(to_string(why.code))}}).Increment();
}

// -- requests -----------------------------------------------------------------

void book::began(service::seen_request&) noexcept {
  // nop
}

void book::ended(const service::seen_request& what) noexcept {
  auto route = text_of(what.route);
  impl_->requests
    .Add({{"method", text_of(what.method)},
          {"route", route},
          {"code", text_of(status_label(what.status))}})
    .Increment();
  impl_->request_time.Add({{"route", route}}, request_buckets)
    .Observe(std::chrono::duration<double>(what.took).count());
  impl_->all_in.Increment(static_cast<double>(what.bytes_in));
  impl_->all_out.Increment(static_cast<double>(what.bytes_out));
}

// -- text ---------------------------------------------------------------------

std::string book::text(const readings& now) const {
  auto families = impl_->registry.Collect();
  for (auto& read : families_of(now))
    families.push_back(std::move(read));
  std::ostringstream out;
  prometheus::TextSerializer{}.Serialize(out, families);
  return std::move(out).str();
}

} // namespace byollm::metrics
