// SPDX-License-Identifier: Apache-2.0
#include "actors/outcome_rules.hpp"

#include <utility>

namespace byollm {

namespace {

// Nothing was asked, or the provider took nothing on: known to be nothing,
// where no usage would otherwise be an amount that nobody knows.
bool consumed_nothing(const outcome_record& outcome) noexcept {
  return outcome.sent == certainty::no
         || (outcome.status == call_status::rejected
             && outcome.usage.from == token_usage::source::none);
}

} // namespace

call_status status_of(const failure& why, bool caller_saw_bytes) noexcept {
  if (why.code == errc::none)
    return call_status::success;
  if (why.code == errc::cancelled)
    return call_status::cancelled;
  if (caller_saw_bytes)
    return call_status::partial;
  switch (why.code) {
  case errc::authentication:
  case errc::permission:
  case errc::quota_exhausted:
  case errc::rate_limited:
  case errc::context_length:
  case errc::content_policy:
  case errc::model_not_found:
  case errc::provider_rejected:
  case errc::provider_overloaded:
    return call_status::rejected;
  case errc::provider_fault:
  case errc::protocol:
  case errc::truncated:
  case errc::answer_too_large:
    return call_status::failed;
  case errc::redirected:
    return call_status::refused;
  default:
    break;
  }
  if (why.sent != certainty::no)
    return call_status::unknown; // begun, and nobody knows how it ended
  switch (why.code) {
  case errc::dns_failed:
  case errc::connect_failed:
  case errc::connect_timeout:
  case errc::connection_lost:
  case errc::tls_failed:
  case errc::total_timeout:
  case errc::unavailable:
    return call_status::failed;
  default:
    return call_status::refused;
  }
}

cost bill_of(const intent_record& intent,
             const outcome_record& outcome) noexcept {
  if (intent.target->is_byollm() || consumed_nothing(outcome))
    return {0, 0, unpriced::none};
  static const price_list none;
  return price_usage(outcome.usage, intent.prices ? *intent.prices : none,
                     intent.target->provider(), intent.model,
                     intent.received_unix_ms);
}

outcome_record make_outcome(std::shared_ptr<const intent_record> of,
                            const attempt_report& report,
                            int64_t finished_unix_ms) {
  const auto& intent = *of;
  const auto& from = report.outcome;
  outcome_record made;
  made.context = intent.context;
  made.call = intent.call;
  made.attempt = intent.attempt;
  made.why = from.why;
  made.status = status_of(from.why, report.caller_saw_bytes);
  made.sent = from.sent;
  made.usage = from.reply.usage;
  made.stop = from.reply.stop;
  made.model = from.reply.model;
  made.provider_request_id = from.reply.provider_request_id.empty()
                               ? from.why.provider_request_id
                               : from.reply.provider_request_id;
  made.billing = intent.target->billing();
  made.bill = bill_of(intent, made);
  made.latency_us = from.latency.count();
  if (from.first_byte)
    made.first_byte_us = from.first_byte->count();
  if (from.first_token)
    made.first_token_us = from.first_token->count();
  made.finished_unix_ms = finished_unix_ms;
  made.of = std::move(of);
  return made;
}

} // namespace byollm
