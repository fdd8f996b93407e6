// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/faults/fault.hpp"

#include <array>

namespace byollm::test {

namespace {

using namespace std::chrono_literals;
using wire::trouble;

/// What one dialect's provider answers.
struct answer {
  unsigned http_status;
  trouble says;
};

/// Anthropic's, OpenAI's, Ollama's.
using answers = std::array<answer, 3>;

/// What of the provider's words reaches the caller: `error.code`, and
/// `error.type` beside it; with Ollama, which has neither, nothing.
ending ending_of(tongue in, errc error, const answer& with) {
  ending made{.error = error, .http_status = with.http_status};
  std::string type{with.says.type};
  std::string code{with.says.code};
  if (in == tongue::anthropic)
    made.provider_code = type;
  if (in == tongue::openai) {
    made.provider_code = code.empty() ? type : code;
    made.provider_type = code.empty() ? code : type;
  }
  if (error == errc::provider_fault)
    made.status = call_status::failed;
  if (error == errc::provider_timeout)
    made.status = call_status::unknown;
  return made;
}

upstream_script refuses(tongue in, const answer& with,
                        std::string_view headers = {}) {
  auto body = wire::error_body(in, with.says);
  return upstream_script{}
    .expect()
    .send(wire::response(in, with.http_status, body, headers))
    .close();
}

upstream_script is_well(tongue in, bool stream) {
  upstream_script made;
  made.expect();
  if (!stream)
    return made.send(wire::response(in, 200, wire::whole(in, own_text)))
      .close();
  auto events = wire::opening(in) + wire::says(in, own_text) + wire::closing(in)
                + wire::marker(in);
  return made
    .send(wire::chunked_head_of(in, true) + chunk(events) + wire::last_chunk())
    .close();
}

/// Each request is refused; it is made `times` times.
fault always(std::string name, errc error, const answers& by, bool moves_on,
             size_t times = 1) {
  return {std::move(name), [=](tongue in, bool) -> std::optional<scene> {
            const auto& with = by[static_cast<size_t>(in)];
            return scene{{refuses(in, with)},
                         {.fails = ending_of(in, error, with),
                          .times = times,
                          .moves_on = moves_on}};
          }};
}

/// The first request is refused, the second one is answered.
fault once(std::string name, errc error, const answers& by,
           std::string_view headers = {},
           std::chrono::milliseconds waits = {}) {
  return {std::move(name), [=](tongue in, bool stream) -> std::optional<scene> {
            const auto& with = by[static_cast<size_t>(in)];
            return scene{{refuses(in, with, headers), is_well(in, stream)},
                         {.fails = ending_of(in, error, with),
                          .recovers = true,
                          .waits = waits}};
          }};
}

constexpr answers overloaded{
  {{529, {"overloaded_error"}}, {503, {"server_error"}}, {503, {}}}};

constexpr answers too_fast{{{429, {"rate_limit_error"}},
                            {429, {"requests", "rate_limit_exceeded"}},
                            {429, {}}}};

/// It asks for more time than the call has.
fault too_fast_for_too_long() {
  auto made = always("429, `Retry-After` beyond the deadline",
                     errc::rate_limited, too_fast, true);
  made.play = [](tongue in, bool) -> std::optional<scene> {
    const auto& with = too_fast[static_cast<size_t>(in)];
    auto fails = ending_of(in, errc::rate_limited, with);
    fails.retry_after = 60s;
    return scene{{refuses(in, with, "Retry-After: 3600\r\n")},
                 {.fails = fails, .moves_on = true}};
  };
  return made;
}

/// Anthropic's model declines with an answer, OpenAI's filter with an error.
fault content_policy() {
  return {
    "content policy", [](tongue in, bool stream) -> std::optional<scene> {
      if (in == tongue::ollama)
        return std::nullopt;
      if (in == tongue::openai) {
        answer with{400, {"invalid_request_error", "content_filter"}};
        return scene{{refuses(in, with)},
                     {.fails = ending_of(in, errc::content_policy, with)}};
      }
      auto events
        = wire::opening(in) + wire::closing(in, "refusal") + wire::marker(in);
      auto sent = stream
                    ? wire::chunked_head_of(in, true) + chunk(events)
                        + wire::last_chunk()
                    : wire::response(in, 200, wire::whole(in, "", "refusal"));
      return scene{{upstream_script{}.expect().send(sent).close()},
                   {.times = 0,
                    .recovers = true,
                    .text = {},
                    .stop = stop_reason::refusal}};
    }};
}

/// The user's LLM fails, and the platform's does not take the conversation.
fault platform_refuses() {
  auto made = always("key refused, and the platform's LLM takes no "
                     "conversation that ends with the assistant",
                     errc::authentication,
                     {{{401, {"authentication_error"}},
                       {401, {"invalid_request_error", "invalid_api_key"}},
                       {401, {}}}},
                     true);
  made.platform_refuses = true;
  return made;
}

} // namespace

std::vector<fault> refusals() {
  return {
    once("429, `Retry-After: 1`", errc::rate_limited, too_fast,
         "Retry-After: 1\r\n", 1s),
    always("429 without `Retry-After`", errc::rate_limited, too_fast, true),
    too_fast_for_too_long(),
    once("500 once", errc::provider_fault,
         {{{500, {"api_error"}}, {500, {"server_error"}}, {500, {}}}}),
    always("500 each time", errc::provider_fault,
           {{{500, {"api_error"}}, {500, {"server_error"}}, {500, {}}}}, true,
           3),
    always(
      "gave up waiting each time (504, Cloudflare's 524)",
      errc::provider_timeout,
      {{{504, {"timeout_error"}}, {524, {"cf_gateway_timeout"}}, {504, {}}}},
      true, 2),
    always("overloaded each time (503, Anthropic 529)",
           errc::provider_overloaded, overloaded, true, 3),
    once("overloaded once, `Retry-After: 1`", errc::provider_overloaded,
         overloaded, "Retry-After: 1\r\n", 1s),
    always("key refused", errc::authentication,
           {{{401, {"authentication_error"}},
             {401, {"invalid_request_error", "invalid_api_key"}},
             {401, {}}}},
           true),
    always(
      "not permitted", errc::permission,
      {{{403, {"permission_error"}},
        {403, {"request_forbidden", "unsupported_country_region_territory"}},
        {403, {}}}},
      true),
    always("out of quota", errc::quota_exhausted,
           {{{400,
              {"invalid_request_error",
               {},
               "Your credit balance is too low to access the API."}},
             {429, {"insufficient_quota", "insufficient_quota"}},
             {402, {}}}},
           true),
    always("model not found", errc::model_not_found,
           {{{404, {"not_found_error"}},
             {404, {"invalid_request_error", "model_not_found"}},
             {404, {}}}},
           true),
    always("invalid request", errc::provider_rejected,
           {{{400, {"invalid_request_error"}},
             {400, {"invalid_request_error", "unsupported_value"}},
             {400, {}}}},
           false),
    always("context length", errc::context_length,
           {{{400,
              {"invalid_request_error",
               {},
               "prompt is too long: 208310 tokens > 200000 maximum"}},
             {400, {"invalid_request_error", "context_length_exceeded"}},
             {400, {{}, {}, "the input length exceeds the context length"}}}},
           false),
    content_policy(),
    platform_refuses(),
  };
}

} // namespace byollm::test
