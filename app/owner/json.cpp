// SPDX-License-Identifier: Apache-2.0
#include "app/owner/json.hpp"

namespace byollm::owner {

namespace {

void put_params(json_writer& to, const std::vector<provenance>& params) {
  to.StartArray();
  for (const auto& param : params) {
    to.StartObject();
    put(to, "parameter", to_string(param.which));
    put(to, "set_by", to_string(param.set_by));
    put(to, "fate", to_string(param.fate));
    put(to, "value");
    if (param.value_json.empty())
      to.Null();
    else
      to.RawValue(param.value_json.data(), param.value_json.size(),
                  rapidjson::kNumberType);
    if (!param.reason.empty())
      put(to, "reason", param.reason);
    to.EndObject();
  }
  to.EndArray();
}

void put_texts(json_writer& to, const std::vector<std::string>& texts) {
  to.StartArray();
  for (const auto& text : texts)
    put(to, text);
  to.EndArray();
}

void put_entries(json_writer& to,
                 const std::map<std::string, parameters>& entries) {
  to.StartObject();
  for (const auto& [name, values] : entries) {
    put(to, name);
    put(to, values);
  }
  to.EndObject();
}

void put_usage(json_writer& to, const token_usage& usage) {
  auto count = [&to](std::string_view name, const auto& value) {
    if (value)
      put_number(to, name, *value);
  };
  to.StartObject();
  put(to, "from", to_string(usage.from));
  count("input_uncached", usage.input_uncached);
  count("cache_read", usage.cache_read);
  count("cache_write", usage.cache_write);
  count("output", usage.output);
  count("reasoning", usage.reasoning);
  to.EndObject();
}

struct block_writer {
  json_writer& to;

  void operator()(const text_block& block) const {
    put(to, "type", "text");
    put(to, "text", block.text);
  }

  void operator()(const image_block& block) const {
    put(to, "type", "image");
    put(to, "media_type", block.media_type);
    put(to, "data", block.data);
    put(to, "url", block.url);
  }

  void operator()(const tool_use_block& block) const {
    put(to, "type", "tool_use");
    put(to, "id", block.id);
    put(to, "name", block.name);
    put(to, "input_json", block.input_json);
  }

  void operator()(const tool_result_block& block) const {
    put(to, "type", "tool_result");
    put(to, "tool_use_id", block.tool_use_id);
    put(to, "text", block.text);
    put_flag(to, "is_error", block.is_error);
  }

  void operator()(const thinking_block& block) const {
    put(to, "type", "thinking");
    put(to, "text", block.text);
    put(to, "signature", block.signature);
    put_flag(to, "redacted", block.redacted);
  }

  void operator()(const opaque_block& block) const {
    put(to, "type", "opaque");
    put(to, "dialect", block.dialect);
    put(to, "json", block.json);
  }
};

} // namespace

std::string render(const failure& why) {
  return json_text([&](json_writer& to) {
    to.StartObject();
    put(to, "code", to_string(why.code));
    put(to, "text", describe(why));
    put(to, "detail", why.detail);
    put(to, "remedy", remedy(why.code));
    put(to, "sent", to_string(why.sent));
    if (!why.parameter.empty())
      put(to, "parameter", why.parameter);
    if (why.http_status != 0)
      put_number(to, "http_status", why.http_status);
    if (!why.provider_code.empty())
      put(to, "provider_code", why.provider_code);
    if (!why.provider_type.empty())
      put(to, "provider_type", why.provider_type);
    if (!why.provider_request_id.empty())
      put(to, "provider_request_id", why.provider_request_id);
    if (!why.call.empty())
      put(to, "call", why.call);
    if (why.retry_after)
      put_number(to, "retry_after_ms",
                 static_cast<uint64_t>(why.retry_after->count()));
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

std::string render(const message_reply& reply) {
  return json_text([&](json_writer& to) {
    to.StartObject();
    put(to, "text", reply.text());
    put(to, "content");
    to.StartArray();
    for (const auto& block : reply.content) {
      to.StartObject();
      std::visit(block_writer{to}, block);
      to.EndObject();
    }
    to.EndArray();
    put(to, "usage");
    put_usage(to, reply.usage);
    put(to, "stop", to_string(reply.stop));
    if (!reply.stop_sequence.empty())
      put(to, "stop_sequence", reply.stop_sequence);
    put(to, "provider", reply.provider);
    put(to, "model", reply.model);
    put_flag(to, "is_byollm", reply.is_byollm);
    put(to, "billing", to_string(reply.billing));
    if (reply.cost_micro)
      put_number(to, "cost_micro", *reply.cost_micro);
    put(to, "params");
    put_params(to, reply.params);
    put(to, "losses");
    to.StartArray();
    for (const auto& each : reply.losses) {
      to.StartObject();
      put(to, "what", to_string(each.what));
      put(to, "why", each.why);
      to.EndObject();
    }
    to.EndArray();
    put(to, "call", reply.call);
    put(to, "turn", reply.turn);
    put_number(to, "attempts", reply.attempts);
    put(to, "fallback_from", reply.fallback_from);
    put(to, "provider_request_id", reply.provider_request_id);
    to.EndObject();
  });
}

std::string render(const parameter_view& table) {
  return json_text([&](json_writer& to) {
    to.StartObject();
    put(to, "global");
    put(to, table.global);
    put(to, "per_purpose");
    put_entries(to, table.per_purpose);
    put(to, "per_extension");
    put_entries(to, table.per_extension);
    put(to, "ceilings");
    put(to, table.ceilings);
    to.EndObject();
  });
}

std::string render(const policy_table& table) {
  return json_text([&](json_writer& to) {
    to.StartObject();
    for (const auto& [extension, may] : table) {
      put(to, extension);
      to.StartObject();
      if (may.purposes) {
        put(to, "purposes");
        put_texts(to, *may.purposes);
      }
      if (may.models) {
        put(to, "models");
        put_texts(to, *may.models);
      }
      if (may.calls_per_day)
        put_number(to, "calls_per_day", *may.calls_per_day);
      if (may.tokens_per_day)
        put_number(to, "tokens_per_day", *may.tokens_per_day);
      to.EndObject();
    }
    to.EndObject();
  });
}

std::string render(const explanation& plan) {
  return json_text([&](json_writer& to) {
    to.StartObject();
    put(to, "who", to_string(plan.who));
    put(to, "provider", plan.provider);
    put(to, "model", plan.model);
    put(to, "origin", plan.origin);
    put_flag(to, "is_byollm", plan.is_byollm);
    put(to, "billing", to_string(plan.billing));
    put(to, "params");
    put_params(to, plan.params);
    put(to, "reasons");
    put_texts(to, plan.reasons);
    to.EndObject();
  });
}

std::string render(const std::vector<ledger_row>& rows) {
  return json_text([&](json_writer& to) {
    to.StartArray();
    for (const auto& row : rows) {
      to.StartObject();
      put_number(to, "seq", row.seq);
      put(to, "type", row.type);
      put(to, "fields");
      to.StartObject();
      for (const auto& [name, value] : row.fields)
        put(to, name, value);
      to.EndObject();
      put(to, "leaf_hash", row.leaf_hash_hex);
      to.EndObject();
    }
    to.EndArray();
  });
}

std::string render(const ledger_verdict& verdict) {
  return json_text([&](json_writer& to) {
    to.StartObject();
    put_flag(to, "intact", verdict.intact);
    put_number(to, "records", verdict.records);
    put(to, "root", verdict.root_hex);
    put_number(to, "first_bad_seq", verdict.first_bad_seq);
    put(to, "flaw", to_string(verdict.flaw));
    put(to, "problem", verdict.problem);
    put_number(to, "checkpoints", verdict.checkpoints);
    put_number(to, "anchors", verdict.anchors);
    to.EndObject();
  });
}

std::string render(const std::vector<std::string>& texts) {
  return json_text([&](json_writer& to) { put_texts(to, texts); });
}

std::string render(const std::vector<ledger_stats_row>& rows) {
  return json_text([&](json_writer& to) {
    to.StartArray();
    for (const auto& row : rows) {
      to.StartObject();
      put(to, "day", row.day);
      put(to, "billing", row.billing);
      put(to, "provider", row.provider);
      put(to, "purpose", row.purpose);
      put_number(to, "attempts", row.attempts);
      put_number(to, "succeeded", row.succeeded);
      put_number(to, "usage_unknown", row.usage_unknown);
      put_number(to, "input_uncached", row.input_uncached);
      put_number(to, "cache_read", row.cache_read);
      put_number(to, "cache_write", row.cache_write);
      put_number(to, "output", row.output);
      put_number(to, "reasoning", row.reasoning);
      to.EndObject();
    }
    to.EndArray();
  });
}

} // namespace byollm::owner
