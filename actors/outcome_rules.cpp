// SPDX-License-Identifier: Apache-2.0
#include "actors/outcome_rules.hpp"

#include "messages/limits.hpp"

#include <algorithm>

namespace byollm {

namespace {

failure bad(std::string name, std::string detail) {
  return {errc::invalid_request, std::move(detail), std::move(name)};
}

size_t size_of(const content_block& block) {
  struct sizer {
    size_t operator()(const text_block& x) const {
      return x.text.size();
    }
    size_t operator()(const image_block& x) const {
      return x.data.size() + x.url.size() + x.media_type.size();
    }
    size_t operator()(const tool_use_block& x) const {
      return x.id.size() + x.name.size() + x.input_json.size();
    }
    size_t operator()(const tool_result_block& x) const {
      return x.tool_use_id.size() + x.text.size();
    }
    size_t operator()(const thinking_block& x) const {
      return x.text.size() + x.signature.size();
    }
  };
  return std::visit(sizer{}, block);
}

size_t size_of(const create_message_request& request) {
  auto total = request.system.size();
  for (const auto& message : request.messages)
    for (const auto& block : message.content)
      total += size_of(block);
  for (const auto& offered : request.tools)
    total += offered.name.size() + offered.description.size()
             + offered.input_schema_json.size();
  return total;
}

status check_messages(const create_message_request& request) {
  if (request.messages.empty())
    return bad("messages", "there is no message");
  if (request.messages.size() > limits::messages_max)
    return failure{errc::limit_exceeded, "more than 10,000 messages",
                   "messages"};
  auto empty = [](const chat_message& x) { return x.content.empty(); };
  if (std::any_of(request.messages.begin(), request.messages.end(), empty))
    return bad("messages", "a message has no content");
  if (size_of(request) > limits::request_bytes_max)
    return failure{errc::limit_exceeded, "the request has more than 32 MiB",
                   "messages"};
  return unit{};
}

status check_tools(const create_message_request& request) {
  for (const auto& offered : request.tools)
    if (offered.name.empty() || offered.name.size() > 128)
      return bad("tools", "a tool's name has 1 to 128 bytes");
  if (!request.choice || request.choice->how != tool_choice::mode::one)
    return unit{};
  auto named = std::any_of(
    request.tools.begin(), request.tools.end(),
    [&](const tool& x) { return x.name == request.choice->name; });
  if (!named)
    return bad("tool_choice", "the chosen tool is not among the tools");
  return unit{};
}

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

outcome_record make_outcome(const intent_record& intent,
                            const attempt_report& report,
                            int64_t finished_unix_ms) {
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
  made.finished_unix_ms = finished_unix_ms;
  return made;
}

status check_request(const create_message_request& request) {
  if (auto valid = check_messages(request); !valid)
    return valid;
  if (auto valid = check_tools(request); !valid)
    return valid;
  if (!request.purpose.empty() && !is_valid_id(request.purpose))
    return bad("purpose", "a purpose has 1 to 128 bytes of [A-Za-z0-9._:@-]");
  if (!request.id.empty() && !is_valid_id(request.id))
    return bad("id", "a call id has 1 to 128 bytes of [A-Za-z0-9._:@-]");
  return check_ranges(request.params);
}

} // namespace byollm
