// SPDX-License-Identifier: Apache-2.0
#include "app/service/render.hpp"

#include "app/owner/json.hpp"
#include "app/owner/vector_text.hpp"

namespace byollm::service {

namespace {

using owner::json_text;
using owner::json_writer;
using owner::put;
using owner::put_flag;
using owner::put_number;

struct block_writer {
  json_writer& to;

  void operator()(const text_block& block) const {
    put(to, "type", "text");
    put(to, "text", block.text);
  }

  void operator()(const image_block& block) const {
    put(to, "type", "image");
    if (!block.url.empty())
      return put(to, "url", block.url);
    put(to, "media_type", block.media_type);
    put(to, "data", block.data);
  }

  void operator()(const tool_use_block& block) const {
    put(to, "type", "tool_use");
    put(to, "id", block.id);
    put(to, "name", block.name);
    to.Key("input");
    to.RawValue(block.input_json.data(), block.input_json.size(),
                rapidjson::kObjectType);
  }

  // An answer holds none, so its images have no place here.
  void operator()(const tool_result_block& block) const {
    put(to, "type", "tool_result");
    put(to, "tool_use_id", block.tool_use_id);
    put(to, "content", block.text);
    put_flag(to, "is_error", block.is_error);
  }

  void operator()(const opaque_block& block) const {
    put(to, "type", "opaque");
    put(to, "dialect", block.dialect);
    to.Key("block");
    to.RawValue(block.json.data(), block.json.size(), rapidjson::kObjectType);
  }

  void operator()(const thinking_block& block) const {
    put(to, "type", "thinking");
    put(to, "thinking", block.text);
    put(to, "signature", block.signature);
    put_flag(to, "redacted", block.redacted);
  }
};

void put_usage(json_writer& to, const token_usage& usage) {
  auto count = [&to](std::string_view name, const auto& value) {
    if (value)
      put_number(to, name, *value);
  };
  to.StartObject();
  put(to, "source", to_string(usage.from));
  count("input_uncached", usage.input_uncached);
  count("cache_read", usage.cache_read);
  count("cache_write", usage.cache_write);
  count("output", usage.output);
  count("reasoning", usage.reasoning);
  to.EndObject();
}

void put_params(json_writer& to, const std::vector<provenance>& params) {
  to.StartArray();
  for (const auto& param : params) {
    if (param.set_by == rung::unset)
      continue;
    to.StartObject();
    put(to, "parameter", to_string(param.which));
    put(to, "set_by", to_string(param.set_by));
    put(to, "fate", to_string(param.fate));
    to.Key("value");
    to.RawValue(param.value_json.data(), param.value_json.size(),
                rapidjson::kNumberType);
    if (!param.reason.empty())
      put(to, "reason", param.reason);
    to.EndObject();
  }
  to.EndArray();
}

void put_losses(json_writer& to, const std::vector<loss>& losses) {
  to.StartArray();
  for (const auto& each : losses) {
    to.StartObject();
    put(to, "what", to_string(each.what));
    put(to, "why", each.why);
    to.EndObject();
  }
  to.EndArray();
}

// What replies of all kinds tell.
void put_facts(json_writer& to, const message_reply& reply) {
  to.Key("usage");
  put_usage(to, reply.usage);
  put(to, "provider", reply.provider);
  put(to, "model", reply.model);
  put_flag(to, "is_byollm", reply.is_byollm);
  put(to, "billing", to_string(reply.billing));
  if (reply.cost_micro)
    put_number(to, "cost_micro", *reply.cost_micro);
  to.Key("params");
  put_params(to, reply.params);
  to.Key("losses");
  put_losses(to, reply.losses);
  put(to, "call", reply.call);
  put(to, "turn", reply.turn);
  put_number(to, "attempts", reply.attempts);
  put(to, "fallback_from", reply.fallback_from);
  put(to, "provider_request_id", reply.provider_request_id);
}

void put_raw(json_writer& to, const std::string& json) {
  to.RawValue(json.data(), json.size(), rapidjson::kArrayType);
}

void put_if(json_writer& to, std::string_view name, const std::string& text) {
  if (!text.empty())
    put(to, name, text);
}

} // namespace

std::string render(const message_reply& reply) {
  return json_text([&](json_writer& to) {
    to.StartObject();
    put(to, "text", reply.text());
    to.Key("content");
    to.StartArray();
    for (const auto& block : reply.content) {
      to.StartObject();
      std::visit(block_writer{to}, block);
      to.EndObject();
    }
    to.EndArray();
    put(to, "stop_reason", to_string(reply.stop));
    put_if(to, "stop_sequence", reply.stop_sequence);
    put_facts(to, reply);
    to.EndObject();
  });
}

std::string render_vectors(const message_reply& reply, bool in_base64) {
  return json_text([&](json_writer& to) {
    to.StartObject();
    to.Key("embeddings");
    to.StartArray();
    for (const auto& vector : reply.vectors)
      if (in_base64)
        put(to, base64_of(vector));
      else
        put_raw(to, numbers_of(vector));
    to.EndArray();
    put_facts(to, reply);
    to.EndObject();
  });
}

std::string render_count(const message_reply& reply) {
  return json_text([&](json_writer& to) {
    to.StartObject();
    put_number(to, "tokens", reply.counted_tokens.value_or(0));
    put_facts(to, reply);
    to.EndObject();
  });
}

std::string render(const delta& piece) {
  return json_text([&](json_writer& to) {
    to.StartObject();
    put(to, "kind", to_string(piece.what));
    put_number(to, "index", piece.index);
    put(to, "text", piece.text);
    if (piece.what == delta::kind::tool_start) {
      put(to, "tool_id", piece.tool_id);
      put(to, "tool_name", piece.tool_name);
    }
    to.EndObject();
  });
}

std::string render_error(const failure& why) {
  return json_text([&](json_writer& to) {
    to.StartObject();
    to.Key("error");
    to.StartObject();
    put(to, "code", to_string(why.code));
    put(to, "message", why.detail.empty() ? describe(why) : why.detail);
    put(to, "remedy", remedy(why.code));
    put(to, "sent", to_string(why.sent));
    // There a pointer to all of the arguments is the empty text.
    auto is_given
      = !why.parameter.empty() || why.code == errc::validation_rejected;
    if (is_given)
      put(to, why.code == errc::handler_failed ? "type" : "parameter",
          why.parameter);
    if (why.retry_after)
      put_number(to, "retry_after_ms",
                 static_cast<uint64_t>(why.retry_after->count()));
    if (why.http_status != 0)
      put_number(to, "http_status", why.http_status);
    put_if(to, "provider_code", why.provider_code);
    put_if(to, "provider_type", why.provider_type);
    put_if(to, "provider_request_id", why.provider_request_id);
    put_if(to, "call", why.call);
    to.EndObject();
    to.EndObject();
  });
}

int status_of(errc code) noexcept {
  switch (code) {
  case errc::none:
    return 200;
  case errc::invalid_request:
  case errc::invalid_config:
  case errc::invalid_key:
  case errc::origin_denied:
  case errc::key_rebind:
  case errc::limit_exceeded:
  case errc::context_length:
  case errc::content_policy:
  case errc::unsupported:
    return 400;
  case errc::unauthenticated:
    return 401;
  case errc::balance_exhausted:
  case errc::quota_exhausted:
  case errc::price_unknown:
    return 402;
  case errc::forbidden:
  // Not 429, which clients repeat by themselves.
  case errc::allowance_exhausted:
    return 403;
  case errc::not_found:
  case errc::no_provider:
  case errc::model_not_found:
    return 404;
  case errc::duplicate_call:
  case errc::call_conflict:
  case errc::config_changed:
  case errc::confirmation_required:
    return 409;
  case errc::validation_rejected:
    return 422;
  case errc::rate_limited:
  case errc::overloaded:
    return 429;
  case errc::cancelled:
    return 499;
  case errc::handler_failed:
  case errc::would_deadlock:
    return 500;
  case errc::stopping:
  case errc::audit_unavailable:
  case errc::unavailable:
  case errc::config_unavailable:
  case errc::provider_disabled:
  case errc::circuit_open:
  case errc::secret_integrity:
  case errc::store_unavailable:
  case errc::store_newer:
  case errc::store_owned:
  case errc::store_corrupt:
    return 503;
  case errc::deadline_exceeded:
  case errc::connect_timeout:
  case errc::first_byte_timeout:
  case errc::idle_timeout:
  case errc::total_timeout:
  case errc::provider_timeout:
    return 504;
  default:
    // The provider, or the way to it.
    return 502;
  }
}

http::answer answer_of(const failure& why) {
  http::answer made{status_of(why.code), render_error(why)};
  made.said.emplace_back("error", to_string(why.code));
  if (why.retry_after || made.status == 429) {
    auto ms = why.retry_after.value_or(std::chrono::seconds{1}).count();
    made.headers.emplace_back("Retry-After",
                              std::to_string((ms + 999) / 1'000));
  }
  made.turns_away = why.code == errc::overloaded;
  if (made.status == 401)
    made.headers.emplace_back("WWW-Authenticate", "Bearer");
  return made;
}

http::answer refused_by_server(int status, std::string_view why) {
  auto code = errc::invalid_request;
  if (status == 413 || status == 431)
    code = errc::limit_exceeded;
  else if (status == 503)
    code = errc::overloaded;
  else if (status == 500)
    code = errc::unavailable;
  auto made = answer_of({code, std::string{why}});
  made.status = status;
  return made;
}

} // namespace byollm::service
