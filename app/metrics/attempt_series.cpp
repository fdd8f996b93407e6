// SPDX-License-Identifier: Apache-2.0
#include "app/metrics/attempt_series.hpp"

#include "app/metrics/labels.hpp"
#include "app/metrics/make_family.hpp"

#include <array>
#include <utility>

namespace byollm::metrics {

namespace {

// In seconds. An answer may take limits::call_timeout_max, its first byte
// rarely more than a minute.
const Histogram::BucketBoundaries answer_buckets
  = {0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 80, 160, 320, 640};
const Histogram::BucketBoundaries first_buckets
  = {0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 80};

using count = std::optional<uint64_t> token_usage::*;

constexpr std::array<std::pair<std::string_view, count>, 5> token_kinds
  = {{{"input_uncached", &token_usage::input_uncached},
      {"cache_read", &token_usage::cache_read},
      {"cache_write", &token_usage::cache_write},
      {"output", &token_usage::output},
      {"reasoning", &token_usage::reasoning}}};

constexpr std::array payers = {billing_class::byollm, billing_class::platform};

Labels who(std::string_view provider, billing_class paid) {
  return {{"provider", text_of(provider)},
          {"paid_by", text_of(to_string(paid))}};
}

Labels with(Labels labels, const char* name, std::string_view value) {
  labels.emplace(name, value);
  return labels;
}

double seconds(int64_t us) {
  return static_cast<double>(us) / 1e6;
}

void observe(Histogram& in, std::optional<int64_t> us) {
  if (us)
    in.Observe(seconds(*us));
}

} // namespace

struct attempt_series::families {
  explicit families(prometheus::Registry& in)
      : started(add_counters(in, "byollm_attempts_started_total",
                             "Attempts whose intent is durable, by provider.")),
        attempts(
          add_counters(in, "byollm_attempts_total",
                       "Attempts whose outcome is durable, by provider, who "
                       "paid, status and error.")),
        tokens(add_counters(in, "byollm_tokens_total",
                            "Tokens as providers told them; reasoning is part "
                            "of the output.")),
        latency(add_histograms(
          in, "byollm_attempt_duration_seconds",
          "How long an attempt took, to the end of its answer.")),
        first_byte(
          add_histograms(in, "byollm_attempt_first_byte_seconds",
                         "From the request's first byte to the answer's "
                         "first.")),
        first_token(add_histograms(
          in, "byollm_attempt_first_token_seconds",
          "From the request's first byte to the first text, thought or tool "
          "use of a streamed answer.")) {
    // nop
  }

  Counter& ended(const Labels& labels, call_status status, errc cause) {
    return attempts.Add(with(with(labels, "status", to_string(status)), "cause",
                             to_string(cause)));
  }

  counters& started;
  counters& attempts;
  counters& tokens;
  histograms& latency;
  histograms& first_byte;
  histograms& first_token;
};

struct attempt_series::of_answerer {
  Labels labels;
  Counter* started = nullptr;
  Counter* succeeded = nullptr;
  Histogram* latency = nullptr;
  Histogram* first_byte = nullptr;
  Histogram* first_token = nullptr;
  std::array<Counter*, token_kinds.size()> tokens = {};
};

attempt_series::attempt_series(prometheus::Registry& in)
    : families_(std::make_unique<families>(in)),
      answerers_(std::make_unique<of_answerer[]>(provider_labels().size()
                                                 * payers.size())) {
  auto* next = answerers_.get();
  for (auto provider : provider_labels())
    for (auto paid : payers) {
      auto& of = *next++;
      of.labels = who(provider, paid);
      of.started = &families_->started.Add(of.labels);
      of.succeeded
        = &families_->ended(of.labels, call_status::success, errc::none);
      of.latency = &families_->latency.Add(of.labels, answer_buckets);
      of.first_byte = &families_->first_byte.Add(of.labels, first_buckets);
      of.first_token = &families_->first_token.Add(of.labels, first_buckets);
      for (size_t i = 0; i < token_kinds.size(); ++i)
        of.tokens[i] = &families_->tokens.Add(
          with(of.labels, "kind", token_kinds[i].first));
    }
}

attempt_series::~attempt_series() = default;

attempt_series::of_answerer&
attempt_series::find(const intent_record& what) noexcept {
  auto provider = provider_index(what.target->provider());
  auto is_platform = what.target->billing() == billing_class::platform;
  return answerers_[provider * payers.size() + (is_platform ? 1 : 0)];
}

void attempt_series::begun(const intent_record& what) {
  find(what).started->Increment();
}

void attempt_series::ended(const outcome_record& what) {
  auto& of = find(*what.of);
  auto is_good
    = what.status == call_status::success && what.why.code == errc::none;
  auto& ended = is_good
                  ? *of.succeeded
                  : families_->ended(of.labels, what.status, what.why.code);
  ended.Increment();
  observe(*of.latency, what.latency_us);
  observe(*of.first_byte, what.first_byte_us);
  observe(*of.first_token, what.first_token_us);
  for (size_t i = 0; i < token_kinds.size(); ++i)
    if (auto told = what.usage.*token_kinds[i].second)
      of.tokens[i]->Increment(static_cast<double>(*told));
}

} // namespace byollm::metrics
