// SPDX-License-Identifier: Apache-2.0
#include "app/standin/router.hpp"

namespace byollm::standin {

namespace {

bool is_models(std::string_view path) noexcept {
  return path == "/v1/models" || path.starts_with("/v1/models/")
         || path == "/api/tags";
}

http_answer route_get(http_request request, model_list models) {
  auto path = request.path;
  // As if everybody had a key that is good.
  if (is_models(path) && models == model_list::is_public)
    request.authorization = "Bearer everybody", request.x_api_key = "everybody";
  if (is_models(path) && models == model_list::none)
    return openai_error(404, "invalid_request_error", "unknown_url",
                        "byollm-standin has no list of models.");
  if (path == "/v1/models" || path.starts_with("/v1/models/"))
    return request.anthropic_version.empty() ? openai_models(request)
                                             : anthropic_models(request);
  if (path == "/api/tags")
    return ollama_tags(request);
  if (path == "/api/version")
    return {200, "application/json", R"({"version":"0.0.0-standin"})", {}};
  if (path == "/")
    return {200, "text/plain", "byollm-standin is running", {}};
  return openai_error(404, "invalid_request_error", "unknown_url",
                      "byollm-standin has nothing here.");
}

http_answer route_post(const http_request& request, uint64_t serial) {
  auto path = request.path;
  if (path == "/v1/chat/completions")
    return openai_chat(request, serial);
  if (path == "/v1/embeddings")
    return openai_embeddings(request);
  if (path == "/v1/messages")
    return anthropic_messages(request, serial);
  if (path == "/v1/messages/count_tokens")
    return anthropic_count_tokens(request);
  if (path == "/api/chat")
    return ollama_chat(request);
  if (path == "/api/embed")
    return ollama_embed(request);
  if (path.starts_with("/api/"))
    return ollama_error(404, "byollm-standin has nothing here");
  return openai_error(404, "invalid_request_error", "unknown_url",
                      "byollm-standin has nothing here.");
}

} // namespace

http_answer route(const http_request& request, uint64_t serial,
                  model_list models) {
  if (request.method == "GET")
    return route_get(request, models);
  if (request.method == "POST")
    return route_post(request, serial);
  return openai_error(405, "invalid_request_error", "method_not_allowed",
                      "byollm-standin takes GET and POST.");
}

} // namespace byollm::standin
