// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/clients/reading.hpp"

#include <catch2/catch.hpp>

namespace byollm::test {

namespace {

using rapidjson::Document;
using rapidjson::Value;

/// Builds one object in the record's form.
class reading {
public:
  reading() {
    made_.SetObject();
  }

  Document take() {
    return std::move(made_);
  }

  void add(const char* name, Value what) {
    add(made_, name, std::move(what));
  }

  void add_text(const char* name, std::string_view from) {
    add(name, text(from));
  }

  void add_error(const failure& why) {
    Value error{rapidjson::kObjectType};
    auto take = [&](const char* name, const std::string& from) {
      if (!from.empty())
        add(error, name, text(from));
    };
    if (why.http_status != 200)
      add(error, "status", Value{why.http_status});
    // One word is the type; of two it is the second.
    take("type",
         why.provider_type.empty() ? why.provider_code : why.provider_type);
    if (!why.provider_type.empty())
      take("code", why.provider_code);
    take("parameter", why.parameter);
    take("request_id", why.provider_request_id);
    add("error", std::move(error));
  }

  void add_pieces(const std::vector<delta>& deltas) {
    Value all{rapidjson::kArrayType};
    for (const auto& piece : deltas)
      if (piece.what == delta::kind::text)
        push(all, text(piece.text));
    add("pieces", std::move(all));
  }

  void add_content(const std::vector<content_block>& content,
                   bool has_call_ids) {
    Value thoughts{rapidjson::kArrayType};
    Value calls{rapidjson::kArrayType};
    Value others{rapidjson::kArrayType};
    for (const auto& block : content) {
      if (auto* thought = std::get_if<thinking_block>(&block))
        push(thoughts, value_of(*thought));
      if (auto* use = std::get_if<tool_use_block>(&block))
        push(calls, value_of(*use, has_call_ids));
      if (auto* opaque = std::get_if<opaque_block>(&block))
        push(others, parsed(opaque->json));
    }
    add("thoughts", std::move(thoughts));
    add("calls", std::move(calls));
    add("others", std::move(others));
  }

  void add_usage(const token_usage& usage) {
    Value made{rapidjson::kObjectType};
    auto take = [&](const char* name, const std::optional<uint64_t>& count) {
      if (count)
        add(made, name, Value{*count});
    };
    take("input_uncached", usage.input_uncached);
    take("cache_read", usage.cache_read);
    take("cache_write", usage.cache_write);
    take("output", usage.output);
    take("reasoning", usage.reasoning);
    add("usage", std::move(made));
  }

  void add_vectors(const std::vector<embedding>& vectors) {
    Value all{rapidjson::kArrayType};
    for (const auto& vector : vectors) {
      Value one{rapidjson::kArrayType};
      for (auto number : vector)
        push(one, Value{number});
      push(all, std::move(one));
    }
    add("vectors", std::move(all));
  }

  void add_names(const char* name, const std::vector<std::string>& names) {
    Value all{rapidjson::kArrayType};
    for (const auto& each : names)
      push(all, text(each));
    add(name, std::move(all));
  }

private:
  Value text(std::string_view from) {
    return {from.data(), static_cast<rapidjson::SizeType>(from.size()),
            made_.GetAllocator()};
  }

  void add(Value& to, const char* name, Value what) {
    to.AddMember(rapidjson::StringRef(name), what, made_.GetAllocator());
  }

  void push(Value& to, Value what) {
    to.PushBack(what, made_.GetAllocator());
  }

  Value parsed(const std::string& json) {
    Document value{&made_.GetAllocator()};
    value.Parse<rapidjson::kParseFullPrecisionFlag>(json.c_str());
    REQUIRE_FALSE(value.HasParseError());
    return std::move(static_cast<Value&>(value));
  }

  Value value_of(const thinking_block& thought) {
    Value made{rapidjson::kObjectType};
    add(made, "text", text(thought.text));
    if (!thought.signature.empty())
      add(made, "signature", text(thought.signature));
    if (thought.redacted)
      add(made, "redacted", Value{true});
    return made;
  }

  Value value_of(const tool_use_block& use, bool has_id) {
    Value made{rapidjson::kObjectType};
    if (has_id)
      add(made, "id", text(use.id));
    add(made, "name", text(use.name));
    add(made, "input", parsed(use.input_json));
    return made;
  }

  Document made_;
};

} // namespace

result hear(answer_decoder& decoder, const answer& what) {
  result got;
  if (auto good = decoder.begin({what.status, what.fields}); !good)
    got.why = std::move(good).error();
  else if (good = decoder.feed(what.body, got.deltas); !good)
    got.why = std::move(good).error();
  else
    got.why = decoder.finish();
  got.reply = std::move(decoder.reply());
  return got;
}

Document as_understood(const result& got, bool stream, bool has_call_ids) {
  reading made;
  made.add_text("model", got.reply.model);
  made.add_text("text", got.reply.text());
  if (stream)
    made.add_pieces(got.deltas);
  made.add_content(got.reply.content, has_call_ids);
  made.add_text("stop", to_string(got.reply.stop));
  if (!got.reply.stop_sequence.empty())
    made.add_text("stopped_by", got.reply.stop_sequence);
  made.add_usage(got.reply.usage);
  return made.take();
}

Document as_understood(const failure& why) {
  reading made;
  made.add_error(why);
  return made.take();
}

Document vectors_understood(const message_reply& reply) {
  reading made;
  made.add_text("model", reply.model);
  made.add_vectors(reply.vectors);
  made.add_usage(reply.usage);
  return made.take();
}

Document models_understood(const message_reply& reply) {
  reading made;
  made.add_names("models", reply.models);
  return made.take();
}

Document count_understood(const message_reply& reply) {
  REQUIRE(reply.counted_tokens);
  reading made;
  made.add("count", Value{*reply.counted_tokens});
  return made.take();
}

} // namespace byollm::test
