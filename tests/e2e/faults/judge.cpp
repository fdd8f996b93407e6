// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/faults/judge.hpp"

#include <algorithm>
#include <sstream>

namespace byollm::test {

namespace {

/// Collects what is not as it shall be.
class complaints {
public:
  template <class Is, class Shall>
  void check(const char* what, const Is& is, const Shall& shall) {
    if (is == shall)
      return;
    out_ << what << ": " << is << ", and shall be: " << shall << '\n';
  }

  void check(const char* what, bool holds) {
    if (!holds)
      out_ << what << '\n';
  }

  std::string lines() const {
    return out_.str();
  }

private:
  std::ostringstream out_;
};

std::string text_of(std::optional<std::chrono::milliseconds> span) {
  return span ? std::to_string(span->count()) + " ms" : "none";
}

/// Whether the platform's LLM is asked.
bool moves_on(const staged_call& call) {
  return call.consents && call.what.shall.moves_on;
}

void check_failure(complaints& to, const failure& is, const ending& shall,
                   tongue in) {
  to.check("error", to_string(is.code), to_string(shall.error));
  to.check("http_status", is.http_status, shall.http_status);
  to.check("provider_code", is.provider_code, shall.provider_code);
  to.check("provider_type", is.provider_type, shall.provider_type);
  to.check("sent", to_string(is.sent), to_string(shall.sent));
  to.check("retry_after", text_of(is.retry_after), text_of(shall.retry_after));
  auto answered = shall.sent == certainty::yes;
  to.check("request id", is.provider_request_id,
           answered ? wire::request_id_of(in) : std::string_view{});
}

void check_answer(complaints& to, const told& is, const staged_call& call,
                  bool platform) {
  const auto& shall = call.what.shall;
  auto text = platform ? std::string{platform_text} : shall.text;
  to.check("error", to_string(is.why.code), to_string(errc::none));
  to.check("text", is.text, text);
  to.check("stop", to_string(is.stop),
           to_string(platform ? stop_reason::end_turn : shall.stop));
  to.check("provider", is.provider,
           platform ? std::string_view{"anthropic"}
                    : wire::provider_of(call.in));
  to.check("is_byollm", is.is_byollm, !platform);
  to.check("fallback_from", is.fallback_from,
           platform ? wire::provider_of(call.in) : std::string_view{});
  to.check("cost_micro", is.cost_micro.value_or(~uint64_t{0}),
           platform ? platform_cost : 0);
  to.check("attempts", is.attempts, shall.times + 1);
}

void check_caller(complaints& to, const staged_call& call,
                  const surroundings& in, const told& is) {
  const auto& shall = call.what.shall;
  auto platform = moves_on(call);
  auto text = platform ? std::string{platform_text} : shall.text;
  if (platform && in.platform_refuses)
    check_failure(to, is.why,
                  {.error = errc::provider_rejected,
                   .http_status = 400,
                   .provider_code = "invalid_request_error"},
                  tongue::anthropic);
  else if (platform || shall.recovers)
    check_answer(to, is, call, platform);
  else
    check_failure(to, is.why, shall.fails, call.in);
  if (is.why.code == errc::none)
    to.check("seen", is.seen, in.stream ? text : "");
  else
    to.check("seen", is.seen, in.stream ? shall.seen : "");
  to.check("it waits as long as it was told", is.took >= shall.waits);
}

/// The keys go where they belong, and nowhere else.
void check_keys(complaints& to, size_t user, const observation& saw) {
  auto has = [](const seen_request& request, const std::string& key) {
    return (request.head + request.body).find(key) != std::string::npos;
  };
  auto is_own = [&](const seen_request& request) {
    return has(request, own_key(user)) && !has(request, platform_key());
  };
  auto is_platforms = [&](const seen_request& request) {
    return has(request, platform_key()) && !has(request, own_key(user));
  };
  auto names_platform_model = [&](const seen_request& request) {
    return has(request, "\"platform-model\"") && !has(request, "own-model");
  };
  to.check("the user's upstream gets the user's key and no other",
           std::ranges::all_of(saw.own, is_own));
  to.check("the platform's upstream gets the platform's key and no other",
           std::ranges::all_of(saw.platforms, is_platforms));
  to.check("the platform's upstream is asked for its own model",
           std::ranges::all_of(saw.platforms, names_platform_model));
}

void check_providers(complaints& to, const staged_call& call, size_t user,
                     const observation& saw) {
  const auto& shall = call.what.shall;
  auto failed = shall.fails.sent == certainty::no ? 0 : shall.times;
  to.check("requests at the user's LLM", saw.own.size(),
           failed + (shall.recovers ? 1 : 0));
  to.check("requests at the platform's LLM", saw.platforms.size(),
           moves_on(call) ? 1u : 0u);
  check_keys(to, user, saw);
}

attempt_row row_of(const staged_call& call, const ending& how) {
  auto answered = how.sent == certainty::yes;
  return {"user",
          std::string{wire::provider_of(call.in)},
          "byollm",
          "",
          std::string{to_string(how.status)},
          std::string{to_string(how.error)},
          std::string{to_string(how.sent)},
          "0",
          how.http_status == 0 ? "" : std::to_string(how.http_status),
          std::string{answered ? wire::request_id_of(call.in) : ""},
          how.provider_code,
          ""};
}

attempt_row platform_row(const staged_call& call, const surroundings& in) {
  ending how{.status = call_status::success};
  if (in.platform_refuses)
    how = {.error = errc::provider_rejected,
           .http_status = 400,
           .provider_code = "invalid_request_error"};
  auto made = row_of(call, how);
  made.asked = made.billing = "platform";
  made.fallback_from = made.provider;
  made.provider = "anthropic";
  made.request_id = wire::request_id_of(tongue::anthropic);
  if (!in.platform_refuses)
    made.cost_micro = std::to_string(platform_cost);
  return made;
}

void check_ledger(complaints& to, const staged_call& call,
                  const surroundings& in, const observation& saw) {
  const auto& shall = call.what.shall;
  std::vector<attempt_row> rows;
  for (size_t i = 0; i < shall.times; ++i)
    rows.push_back(row_of(call, shall.fails));
  if (shall.recovers)
    rows.push_back(row_of(call, {.status = call_status::success}));
  if (moves_on(call))
    rows.push_back(platform_row(call, in));
  to.check("ledger", in_words(saw.rows), in_words(rows));
}

} // namespace

std::string in_words(const std::vector<attempt_row>& rows) {
  std::string made;
  for (const auto& row : rows) {
    for (const auto* field :
         {&row.asked, &row.provider, &row.billing, &row.fallback_from,
          &row.status, &row.error, &row.sent, &row.cost_micro, &row.http_status,
          &row.request_id})
      made.append(field->empty() ? "-" : *field).append(" ");
    made += '\n';
  }
  return made;
}

std::string differences(const staged_call& call, size_t user,
                        const surroundings& in, const observation& saw) {
  complaints found;
  found.check("the caller is told something", saw.caller.has_value());
  if (!saw.caller)
    return found.lines();
  check_caller(found, call, in, *saw.caller);
  check_providers(found, call, user, saw);
  check_ledger(found, call, in, saw);
  return found.lines();
}

} // namespace byollm::test
