// SPDX-License-Identifier: Apache-2.0
// The first byte chooses whose client it is, the rest is its body. Whatever is
// taken of it goes to each provider as sound JSON, and whatever is refused says
// why in the client's shape.
#include "app/clients/anthropic/parts.hpp"
#include "app/clients/openai/parts.hpp"
#include "messages/origin.hpp"
#include "providers/catalog.hpp"
#include "providers/dialect.hpp"
#include "providers/json/document.hpp"

#include <cstdio>
#include <cstdlib>

using namespace byollm;

namespace {

void require(bool holds, const char* promise) {
  if (holds)
    return;
  std::fprintf(stderr, "broken promise: %s\n", promise);
  std::abort();
}

bool is_sound(std::string_view text) {
  return json::check(text, true) == json::verdict::good;
}

void check_refusal(const clients::dialect& in, const failure& why) {
  require(!why.detail.empty(), "a refusal has words");
  auto told = in.render(why, "id");
  require(told.status >= 400 && told.status < 500, "it is the client's fault");
  require(is_sound(told.body), "a refusal is JSON");
}

void check_providers(const create_message_request& request) {
  static const auto url = base_url::parse("https://llm.example");
  const std::string model = "m-1";
  for (auto name : {"anthropic", "openai", "local-ollama"}) {
    auto made = find_dialect(name)->encode(
      {*url, model, request, request.params, true});
    if (made)
      require(is_sound(made->body), "a provider gets JSON");
    else
      require(made.error().code == errc::invalid_request
                || made.error().code == errc::limit_exceeded,
              "what no provider takes is a bad request");
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 1)
    return 0;
  std::string text{reinterpret_cast<const char*>(data + 1), size - 1};
  // As the router does before it parses.
  if (!is_sound(text))
    return 0;
  rapidjson::Document body;
  body.Parse<rapidjson::kParseValidateEncodingFlag
             | rapidjson::kParseIterativeFlag>(text.data(), text.size());
  if (body.HasParseError())
    return 0;
  http::header_fields fields;
  clients::source from{body, text, fields};
  const auto& in = data[0] % 2 == 0 ? clients::openai_dialect()
                                    : clients::anthropic_dialect();
  if (auto asked = in.read(from))
    check_providers(asked->request);
  else
    check_refusal(in, asked.error());
  if (auto asked = clients::openai::read_vectors(from); !asked)
    check_refusal(in, asked.error());
  return 0;
}
