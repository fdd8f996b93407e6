// SPDX-License-Identifier: Apache-2.0
#include "app/standin/openai.hpp"

namespace byollm::standin {

namespace {

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

void write_embedding(std::string_view text, uint64_t index, bool base64,
                     json_writer& out) {
  auto values = embed(text);
  out.open().add("object", "embedding").add("index", index);
  if (base64) {
    out.add("embedding", base64_floats(values));
  } else {
    out.open_list("embedding");
    for (auto value : values)
      out.number(static_cast<double>(value));
    out.close_list();
  }
  out.close();
}

void write_model(std::string_view id, json_writer& out) {
  out.open()
    .add("id", id)
    .add("object", "model")
    .add("created", uint64_t{1767225600})
    .add("owned_by", "byollm")
    .close();
}

} // namespace

http_answer openai_embeddings(const http_request& request) {
  http_answer result;
  if (!openai::check_key(request, result))
    return result;
  rapidjson::Document body;
  if (!parse_body(request.body, body) || !member(body, "input"))
    return openai_error(400, "invalid_request_error", "",
                        "`model` and `input` are required.");
  auto base64 = text_member(body, "encoding_format") == "base64";
  auto& input = *member(body, "input");
  uint64_t index = 0;
  uint64_t tokens = 0;
  json_writer out;
  out.open().add("object", "list").open_list("data");
  auto take = [&](const rapidjson::Value& value) {
    auto text = value.IsString() ? std::string{as_text(value)} : to_json(value);
    tokens += count_tokens(text);
    write_embedding(text, index++, base64, out);
  };
  if (input.IsArray())
    for (auto& value : input.GetArray())
      take(value);
  else
    take(input);
  out.close_list().add("model", text_member(body, "model"));
  out.open("usage").add("prompt_tokens", tokens).add("total_tokens", tokens);
  result.body = out.close().close().str();
  return result;
}

http_answer openai_models(const http_request& request) {
  http_answer result;
  if (!openai::check_key(request, result))
    return result;
  json_writer out;
  constexpr std::string_view list = "/v1/models";
  if (request.path.size() > list.size() + 1) {
    write_model(request.path.substr(list.size() + 1), out);
  } else {
    out.open().add("object", "list").open_list("data");
    for (auto name : listed_models)
      write_model(name, out);
    out.close_list().close();
  }
  result.body = out.str();
  return result;
}

} // namespace byollm::standin
