// SPDX-License-Identifier: Apache-2.0
#include "app/ledger/encode.hpp"

#include "app/ledger/fingerprint.hpp"
#include "app/ledger/writer.hpp"

namespace byollm {

namespace {

// One call to the random generator serves this many records.
constexpr size_t salts_per_draw = 64;

failure incomplete(const char* what) {
  return {errc::invalid_request,
          std::string{"a ledger record lacks its "} + what};
}

void put_context(field_writer& out, const call_context& context) {
  out.text(field::tenant, context.who.tenant.str());
  out.text(field::user, context.who.user.str());
  out.text(field::extension, context.who.app.str());
  out.text(field::turn, context.turn.str());
  out.name(field::source, context.origin.source);
  out.name(field::action, context.origin.action);
}

bool is_unset(const provenance& param) {
  return param.set_by == rung::unset && param.fate == disposition::unset;
}

// which u8 | rung u8 | disposition u8 | length u32be | reason
void put_rungs(field_writer& out, const std::vector<provenance>& params) {
  field_writer::list list{out, field::parameters};
  for (const auto& param : params) {
    if (is_unset(param))
      continue;
    list->integer(static_cast<uint8_t>(param.which));
    list->integer(static_cast<uint8_t>(param.set_by));
    list->integer(static_cast<uint8_t>(param.fate));
    list->sized(param.reason);
  }
}

// which u8 | length u32be | JSON
void put_values(field_writer& out, const std::vector<provenance>& params) {
  field_writer::list list{out, field::parameter_values};
  for (const auto& param : params) {
    if (is_unset(param) || param.value_json.empty())
      continue;
    list->integer(static_cast<uint8_t>(param.which));
    list->sized(param.value_json);
  }
}

bool is_ascending(const std::vector<provenance>& params) {
  for (size_t i = 1; i < params.size(); ++i)
    if (params[i - 1].which >= params[i].which)
      return false;
  return true;
}

void put_usage(field_writer& out, const token_usage& usage) {
  out.name(field::usage_from, usage.from);
  out.maybe(field::input_uncached, usage.input_uncached);
  out.maybe(field::cache_read, usage.cache_read);
  out.maybe(field::cache_write, usage.cache_write);
  out.maybe(field::output, usage.output);
  out.maybe(field::reasoning, usage.reasoning);
}

} // namespace

std::optional<uint64_t> amount_of(const outcome_record& outcome) noexcept {
  return outcome.billing == billing_class::byollm ? std::optional<uint64_t>{0}
                                                  : outcome.bill.micro;
}

record_encoder::record_encoder(byte_view fingerprint_key)
    : mac_(fingerprint_key),
      salts_(salt_bytes * salts_per_draw),
      salts_used_(salts_.size()) {
  // nop
}

status record_encoder::encode(const ledger_entry& entry, uint64_t seq) {
  public_.clear();
  payload_.clear();
  if (auto drawn = draw_salt(); !drawn)
    return drawn;
  byte_writer head{public_};
  head.integer(record_version);
  head.integer(static_cast<uint8_t>(entry.type() + 1));
  head.integer(seq);
  auto encoded
    = entry.visit([this](const auto& record) { return encode_fields(record); });
  if (!encoded)
    return encoded;
  payload_hash_ = hasher_.payload(payload());
  leaf_ = hasher_.leaf(public_part(), payload_hash_);
  return unit{};
}

status record_encoder::encode_fields(const intent_record& from) {
  if (!from.context || !from.target)
    return incomplete("context or target");
  if (from.call.empty() || from.target->provider().empty())
    return incomplete("call or provider");
  if (!is_ascending(from.params))
    return incomplete("order of parameters");
  const auto& key = from.target->binding();
  field_writer out{public_};
  put_context(out, *from.context);
  out.text(field::call, from.call);
  out.integer(field::attempt, from.attempt);
  out.name(field::asked, from.asked);
  out.name(field::billing, from.target->billing());
  out.text(field::provider, from.target->provider());
  out.text(field::origin, from.target->url().at().str());
  out.text(field::model, from.model);
  out.text(field::key_id, key.key_id);
  out.integer(field::key_version, key.key_version);
  out.integer(field::row_version, key.row_version);
  out.text(field::fallback_from, from.fallback_from);
  put_rungs(out, from.params);
  out.integer(field::received_unix_ms, from.received_unix_ms);
  out.integer(field::deadline_unix_ms, from.deadline_unix_ms);
  if (from.kind != call_kind::message)
    out.name(field::kind, from.kind);
  field_writer removable{payload_};
  removable.text(field::function, from.context->origin.function);
  removable.text(field::purpose, from.purpose);
  put_values(removable, from.params);
  if (from.embed)
    removable.bytes(field::prompt_hmac, fingerprint(mac_, *from.embed));
  else if (from.request)
    removable.bytes(field::prompt_hmac, fingerprint(mac_, *from.request));
  return unit{};
}

status record_encoder::encode_fields(const outcome_record& from) {
  if (!from.context || from.call.empty())
    return incomplete("context or call");
  if (from.billing == billing_class::byollm && from.bill.micro.value_or(0) > 0)
    return failure{errc::invalid_request, "a user's own LLM costs nothing"};
  field_writer out{public_};
  put_context(out, *from.context);
  out.text(field::call, from.call);
  out.integer(field::attempt, from.attempt);
  out.name(field::billing, from.billing);
  out.text(field::model, from.model);
  out.name(field::end_status, from.status);
  out.name(field::error, from.why.code);
  out.name(field::sent, from.sent);
  if (from.why.http_status)
    out.integer(field::http_status, from.why.http_status);
  out.text(field::provider_code, from.why.provider_code);
  out.text(field::provider_request_id, from.provider_request_id);
  put_usage(out, from.usage);
  out.name(field::stop, from.stop);
  out.integer(field::latency_us, from.latency_us);
  out.maybe(field::first_byte_us, from.first_byte_us);
  out.integer(field::finished_unix_ms, from.finished_unix_ms);
  out.maybe(field::cost_micro, amount_of(from));
  if (from.bill.price_version)
    out.integer(field::price_version, from.bill.price_version);
  field_writer removable{payload_};
  removable.text(field::function, from.context->origin.function);
  removable.text(field::detail, from.why.detail);
  removable.text(field::parameter, from.why.parameter);
  return unit{};
}

status record_encoder::encode_fields(const refusal_record& from) {
  if (!from.context)
    return incomplete("context");
  field_writer out{public_};
  put_context(out, *from.context);
  out.text(field::call, from.call);
  out.integer(field::received_unix_ms, from.received_unix_ms);
  out.name(field::end_status, from.status);
  out.name(field::error, from.why.code);
  field_writer removable{payload_};
  removable.text(field::function, from.context->origin.function);
  removable.text(field::purpose, from.purpose);
  removable.text(field::detail, from.why.detail);
  removable.text(field::parameter, from.why.parameter);
  return unit{};
}

status record_encoder::encode_fields(const change_record& from) {
  field_writer out{public_};
  out.text(field::tenant, from.tenant);
  out.text(field::user, from.user);
  out.text(field::actor, from.actor);
  out.text(field::subject, from.subject);
  out.integer(field::changed_unix_ms, from.changed_unix_ms);
  field_writer removable{payload_};
  removable.text(field::summary, from.summary);
  return unit{};
}

status record_encoder::draw_salt() {
  if (salts_used_ == salts_.size()) {
    if (auto got = random_bytes(salts_, false); !got)
      return got;
    salts_used_ = 0;
  }
  payload_.add(byte_view{salts_}.subspan(salts_used_, salt_bytes));
  salts_used_ += salt_bytes;
  return unit{};
}

} // namespace byollm
