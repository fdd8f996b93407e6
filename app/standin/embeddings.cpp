// SPDX-License-Identifier: Apache-2.0
// Vectors of texts, in both dialects that have them.
#include "app/standin/openai.hpp"
#include "app/standin/quirks.hpp"

#include <optional>

namespace byollm::standin {

namespace {

constexpr uint64_t usual_dimensions = 8;
constexpr uint64_t dimensions_max = 4'096;

/// Numbers in [-1, 1] that depend on `text` alone.
std::vector<float> embed(std::string_view text, uint64_t dimensions) {
  // FNV-1a, stirred once more for each dimension.
  uint64_t hash = 14695981039346656037ull;
  for (char c : text)
    hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ull;
  std::vector<float> result;
  for (uint64_t i = 0; i < dimensions; ++i) {
    hash = (hash ^ (hash >> 29)) * 1099511628211ull + 1;
    auto unit
      = static_cast<double>(hash >> 11) / static_cast<double>(1ull << 53);
    result.push_back(static_cast<float>(2 * unit - 1));
  }
  return result;
}

std::string base64_floats(const std::vector<float>& values) {
  static constexpr std::string_view digits
    = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string_view bytes{reinterpret_cast<const char*>(values.data()),
                         values.size() * sizeof(float)};
  std::string result;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k)
      group
        = group << 8
          | (i + k < bytes.size() ? static_cast<uint8_t>(bytes[i + k]) : 0u);
    for (std::size_t k = 0; k < 4; ++k)
      result
        += i + k <= bytes.size() ? digits[group >> (18 - 6 * k) & 63] : '=';
  }
  return result;
}

struct asked_vectors {
  std::vector<std::string> texts;
  uint64_t dimensions = usual_dimensions;
  uint64_t tokens = 0;
};

/// Nothing if there is no input, or more dimensions than we make.
std::optional<asked_vectors> read_input(const rapidjson::Value& body) {
  auto input = member(body, "input");
  if (!input)
    return std::nullopt;
  asked_vectors result;
  if (auto wanted = member(body, "dimensions")) {
    if (!wanted->IsUint64() || wanted->GetUint64() == 0
        || wanted->GetUint64() > dimensions_max)
      return std::nullopt;
    result.dimensions = wanted->GetUint64();
  }
  auto take = [&](const rapidjson::Value& value) {
    result.texts.push_back(value.IsString() ? std::string{as_text(value)}
                                            : to_json(value));
    result.tokens += count_tokens(result.texts.back());
  };
  if (input->IsArray())
    for (auto& value : input->GetArray())
      take(value);
  else
    take(*input);
  return result;
}

void write_numbers(const std::vector<float>& values, json_writer& out) {
  for (auto value : values)
    out.number(static_cast<double>(value));
}

void write_embedding(const std::vector<float>& values, uint64_t index,
                     bool base64, json_writer& out) {
  out.open().add("object", "embedding").add("index", index);
  if (base64) {
    out.add("embedding", base64_floats(values));
  } else {
    out.open_list("embedding");
    write_numbers(values, out);
    out.close_list();
  }
  out.close();
}

} // namespace

http_answer openai_embeddings(const http_request& request) {
  http_answer result;
  if (!openai::check_key(request, result))
    return result;
  rapidjson::Document body;
  auto asked = parse_body(request.body, body) ? read_input(body) : std::nullopt;
  if (!asked)
    return openai_error(400, "invalid_request_error", "",
                        "`model` and `input` are required.");
  auto base64 = text_member(body, "encoding_format") == "base64";
  json_writer out;
  out.open().add("object", "list").open_list("data");
  uint64_t index = 0;
  for (const auto& text : asked->texts)
    write_embedding(embed(text, asked->dimensions), index++, base64, out);
  out.close_list().add("model", text_member(body, "model"));
  out.open("usage")
    .add("prompt_tokens", asked->tokens)
    .add("total_tokens", asked->tokens);
  result.body = out.close().close().str();
  return result;
}

http_answer ollama_embed(const http_request& request) {
  if (auto why = refusal_of_key(bearer(request)))
    return ollama_refusal(*why);
  rapidjson::Document body;
  auto asked = parse_body(request.body, body) ? read_input(body) : std::nullopt;
  if (!asked || text_member(body, "model").empty())
    return ollama_error(400, "model and input are required");
  json_writer out;
  out.open().add("model", text_member(body, "model")).open_list("embeddings");
  for (const auto& text : asked->texts) {
    out.open_list();
    write_numbers(embed(text, asked->dimensions), out);
    out.close_list();
  }
  out.close_list().add("total_duration", uint64_t{1'000'000});
  out.add("prompt_eval_count", asked->tokens).close();
  return {200, "application/json", out.str(), {}};
}

} // namespace byollm::standin
