// SPDX-License-Identifier: Apache-2.0
#include "app/metrics/metrics.hpp"

#include "app/metrics/attempt_series.hpp"
#include "app/metrics/readings.hpp"
#include "app/metrics/request_series.hpp"

#include <prometheus/gauge.h>
#include <prometheus/text_serializer.h>

#include <sstream>
#include <utility>

namespace byollm::metrics {

namespace {

Labels cause(errc code) {
  return {{"cause", text_of(to_string(code))}};
}

} // namespace

struct book::impl {
  impl() {
    // A family without a series is not shown, and a rate needs a first zero.
    for (auto code : {errc::overloaded, errc::audit_unavailable})
      turned_away.Add(cause(code));
    for (auto code : {errc::no_provider, errc::balance_exhausted})
      refusals.Add(cause(code));
    prometheus::BuildGauge()
      .Name("byollm_build_info")
      .Help("Always 1; which version this is.")
      .Register(registry)
      .Add({{"version", BYOLLM_VERSION}})
      .Set(1);
  }

  prometheus::Registry registry;
  attempt_series attempts{registry};
  counters& refusals
    = add_counters(registry, "byollm_refusals_total",
                   "Calls that the ledger has as refused before an attempt.");
  counters& turned_away
    = add_counters(registry, "byollm_turned_away_total",
                   "Calls and records that the ledger does not have: admission "
                   "was full, an id was used already, it cannot be written.");
  request_series requests{registry};
};

book::book() : impl_(std::make_unique<impl>()) {
  // nop
}

book::~book() = default;

// -- calls --------------------------------------------------------------------

void book::begun(const intent_record& what) noexcept {
  impl_->attempts.begun(what);
}

void book::ended(const outcome_record& what) noexcept {
  impl_->attempts.ended(what);
}

void book::refused(const refusal_record& what) noexcept {
  impl_->refusals.Add(cause(what.why.code)).Increment();
}

void book::turned_away(const failure& why) noexcept {
  impl_->turned_away.Add(cause(why.code)).Increment();
}

// -- requests -----------------------------------------------------------------

void book::began(service::seen_request&) noexcept {
  // nop
}

void book::ended(const service::seen_request& what) noexcept {
  impl_->requests.ended(what);
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
