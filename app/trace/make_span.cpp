// SPDX-License-Identifier: Apache-2.0
#include "app/trace/make_span.hpp"

#include <array>
#include <optional>

namespace byollm::trace {

namespace {

std::string text(std::string_view from) {
  return std::string{from};
}

// Where the conventions have a name for it, theirs.
std::string_view operation_of(call_kind kind) noexcept {
  constexpr std::array<std::string_view, 4> names
    = {"chat", "list_models", "embeddings", "count_tokens"};
  return names.at(static_cast<size_t>(kind));
}

std::string provider_of(const std::string& kind) {
  return kind == "local-ollama" ? "ollama" : kind;
}

// Theirs counts the cached tokens in; ours counts no token twice.
std::optional<uint64_t> input_of(const token_usage& usage) noexcept {
  if (!usage.input_uncached)
    return std::nullopt;
  return *usage.input_uncached + usage.cache_read.value_or(0)
         + usage.cache_write.value_or(0);
}

void add(span& to, std::string_view key, std::string_view value) {
  if (!value.empty())
    to.attributes.emplace_back(key, text(value));
}

void add(span& to, std::string_view key, std::optional<uint64_t> value) {
  if (value)
    to.attributes.emplace_back(key, static_cast<int64_t>(*value));
}

void add_usage(span& to, const token_usage& usage) {
  add(to, "gen_ai.usage.input_tokens", input_of(usage));
  add(to, "gen_ai.usage.output_tokens", usage.output);
  add(to, "gen_ai.usage.cache_read.input_tokens", usage.cache_read);
  add(to, "gen_ai.usage.cache_creation.input_tokens", usage.cache_write);
}

} // namespace

span attempt_span(const outcome_record& what, const trace_context& in) {
  const auto& intent = *what.of;
  const auto& at = intent.target->url().at();
  auto operation = operation_of(intent.kind);
  span made;
  made.trace_id = in.trace_id;
  made.span_id = span_id_of(in.trace_id, what.call, what.attempt);
  made.parent_id = in.span_id;
  made.flags = in.flags;
  made.name = text(operation);
  if (!intent.model.empty())
    made.name += ' ' + intent.model;
  made.kind = span_kind::client;
  made.end_unix_us = what.finished_unix_ms * 1'000;
  made.start_unix_us = made.end_unix_us - what.latency_us;
  add(made, "gen_ai.operation.name", operation);
  add(made, "gen_ai.provider.name", provider_of(intent.target->provider()));
  add(made, "gen_ai.request.model", intent.model);
  add(made, "gen_ai.response.model", what.model);
  add(made, "server.address", at.host());
  add(made, "server.port", std::optional<uint64_t>{at.port()});
  add_usage(made, what.usage);
  if (what.stop != stop_reason::unknown)
    made.attributes.emplace_back(
      "gen_ai.response.finish_reasons",
      std::vector<std::string>{text(to_string(what.stop))});
  add(made, "byollm.call", what.call);
  add(made, "byollm.attempt", std::optional<uint64_t>{what.attempt});
  add(made, "byollm.paid_by", to_string(what.billing));
  if (what.why.code != errc::none) {
    made.error = to_string(what.why.code);
    add(made, "error.type", made.error);
  }
  return made;
}

span request_span(const service::seen_request& what) {
  using std::chrono::duration_cast;
  using std::chrono::microseconds;
  span made;
  auto own = parse_traceparent(what.trace.parent).value_or(trace_context{});
  made.trace_id = std::move(own.trace_id);
  made.span_id = std::move(own.span_id);
  made.flags = own.flags;
  made.state = what.trace.state;
  if (auto caller = parse_traceparent(what.caller.parent))
    made.parent_id = std::move(caller->span_id);
  auto is_known = !what.route.empty();
  made.name
    = is_known ? text(what.method) + ' ' + text(what.route) : text("HTTP");
  made.kind = span_kind::server;
  made.start_unix_us
    = duration_cast<microseconds>(what.since.time_since_epoch()).count();
  made.end_unix_us
    = made.start_unix_us + duration_cast<microseconds>(what.took).count();
  add(made, "http.request.method", is_known ? what.method : "_OTHER");
  add(made, "http.route", what.route);
  add(made, "url.scheme", "http");
  if (what.status != 0)
    add(made, "http.response.status_code",
        std::optional<uint64_t>{static_cast<uint64_t>(what.status)});
  // What a client did wrong is no error of ours.
  if (what.status >= 500)
    made.error = std::to_string(what.status);
  else if (!what.is_whole)
    made.error = "incomplete";
  add(made, "error.type", made.error);
  return made;
}

} // namespace byollm::trace
