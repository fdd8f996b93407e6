// SPDX-License-Identifier: Apache-2.0
#include "app/runtime/llm_verdicts.hpp"

#include <algorithm>
#include <string_view>
#include <utility>
#include <variant>

namespace byollm {

namespace {

using verdict = test_verdict;

struct finding {
  test_verdict is;
  std::string_view text;
  failure why = {};
};

bool is_good(const test_evidence::answer& from) noexcept {
  return from && *from;
}

// `errc::none` if nothing was asked or nothing failed.
failure why_not(const test_evidence::answer& from) {
  return from && !*from ? from->error() : failure{};
}

// The first request that did not reach the provider says how far all came.
std::optional<failure> broken_way(const test_evidence& seen) {
  for (const auto* from : {&seen.listed, &seen.answered})
    if (auto why = why_not(*from);
        why.code != errc::none && way_of(why) != test_way::provider)
      return why;
  return std::nullopt;
}

// -- the way there ------------------------------------------------------------

std::string_view address_text(errc code) noexcept {
  switch (code) {
  case errc::connect_failed:
    return "nothing accepts connections at this host and port";
  case errc::connect_timeout:
    return "the host does not answer; a firewall may swallow the connection";
  default:
    return "the host leads nowhere that a key may go: check its spelling; a "
           "private address needs the admin's leave";
  }
}

std::string_view tls_text(errc code) noexcept {
  return code == errc::tls_untrusted
           ? "the certificate is not valid for this host, or not trusted"
           : "no secure connection comes about; is this an https port?";
}

finding settings_finding(const std::optional<failure>& broken) {
  if (broken && way_of(*broken) == test_way::settings)
    return {verdict::failed, "what is stored cannot be used: enter it again",
            *broken};
  return {verdict::passed, "the settings are well-formed"};
}

finding address_finding(const std::optional<failure>& broken) {
  if (!broken || way_of(*broken) == test_way::tls)
    return {verdict::passed, "the host takes the connection"};
  return {verdict::failed, address_text(broken->code), without_map(*broken)};
}

finding tls_finding(const test_evidence& seen,
                    const std::optional<failure>& broken) {
  if (!seen.is_https)
    return {verdict::not_applicable,
            "plain http, which the admin allowed for this origin"};
  if (broken)
    return {verdict::failed, tls_text(broken->code), *broken};
  return {verdict::passed, "the certificate is valid for this host"};
}

// -- what the provider says ---------------------------------------------------

// Refusals that a provider only gives to a key that it knows.
bool knows_key(const failure& why) noexcept {
  return why.code == errc::quota_exhausted || why.code == errc::context_length
         || why.code == errc::content_policy
         || (why.code == errc::model_not_found
             && why.provider_code == "model_not_found");
}

// A list of models proves nothing here: many are public.
finding key_finding(const test_evidence& seen) {
  auto why = why_not(seen.answered);
  if (why.code == errc::authentication)
    return {verdict::failed, "the provider refuses the key", why};
  if (!seen.has_key)
    return {verdict::not_applicable, "this LLM takes no key"};
  if (is_good(seen.answered))
    return {verdict::passed, "the provider takes the key"};
  if (knows_key(why))
    return {verdict::passed, "the provider knows the key"};
  if (why.code == errc::permission)
    return {verdict::inconclusive,
            "the provider forbids this without calling the key wrong: the "
            "key's rights, the account or the region may be why",
            why};
  return {verdict::inconclusive,
          is_good(seen.listed)
            ? "a list of models came, but that may be public; nothing proves "
              "the key"
            : "nothing that came back proves the key",
          why};
}

finding model_finding(const test_evidence& seen) {
  auto why = why_not(seen.answered);
  if (why.code == errc::model_not_found)
    return {verdict::failed,
            "the provider does not know this model, or the base URL's path is "
            "another; `config models` lists what there is",
            why};
  auto lists = [&] {
    const auto& all = (*seen.listed)->models;
    return std::find(all.begin(), all.end(), seen.model) != all.end();
  };
  if (is_good(seen.listed) && lists())
    return {verdict::passed, "the provider lists the model"};
  if (is_good(seen.answered))
    return {verdict::passed, "the model answers"};
  return {verdict::inconclusive,
          is_good(seen.listed)
            ? "the provider's list does not name the model; it may leave "
              "aliases out"
            : "the provider gives no list of models, and no answer that tells",
          why};
}

finding answer_failure(failure why) {
  switch (why.code) {
  case errc::permission:
    return {verdict::failed, "the provider does not allow this", why};
  case errc::quota_exhausted:
    return {verdict::failed, "the account is out of quota or credit", why};
  case errc::provider_rejected:
  case errc::context_length:
    return {verdict::failed, "the provider refuses a minimal request", why};
  case errc::redirected:
  case errc::protocol:
  case errc::answer_too_large:
    return {verdict::failed,
            "what answers there does not speak this provider's API: check "
            "provider and base URL",
            why};
  case errc::content_policy:
    return {verdict::inconclusive, "the provider declined the test's words",
            why};
  case errc::rate_limited:
    return {verdict::inconclusive,
            "the provider limits the rate of requests: try again later", why};
  case errc::provider_overloaded:
  case errc::provider_fault:
    return {verdict::inconclusive,
            "the provider is in trouble itself: try again later", why};
  default:
    return {verdict::inconclusive, "no whole answer came in time", why};
  }
}

finding answer_finding(const test_evidence& seen) {
  if (auto why = why_not(seen.answered); why.code != errc::none)
    return answer_failure(std::move(why));
  // Judged on the way, for who watches.
  if (!seen.answered)
    return {verdict::not_tried, "the model was not asked yet"};
  // A model that thinks first has no word left when its one token is used up.
  const auto& reply = **seen.answered;
  return {verdict::passed, reply.text().empty()
                             ? "the model answers; the bound left no room for "
                               "a word"
                             : "the model answers"};
}

finding tool_finding(const test_evidence& seen) {
  auto why = why_not(seen.used_tool);
  if (why.code == errc::provider_rejected || why.code == errc::model_not_found)
    return {verdict::failed, "the model takes no tools", why};
  if (why.code != errc::none)
    return {verdict::inconclusive, "no whole answer came to a tool", why};
  const auto& reply = **seen.used_tool;
  auto is_use = [](const content_block& block) {
    return std::holds_alternative<tool_use_block>(block);
  };
  // Also one that the bound cut.
  auto is_cut = [](const loss& what) { return what.what == lost::cut_call; };
  if (std::ranges::any_of(reply.content, is_use)
      || std::ranges::any_of(reply.losses, is_cut))
    return {verdict::passed, "the model calls a tool"};
  if (reply.stop == stop_reason::max_tokens)
    return {verdict::inconclusive,
            "the bound was used up before the model called the tool"};
  return {verdict::failed,
          "the model answers without the tool that it must call"};
}

// -- in order -----------------------------------------------------------------

bool goes_on(test_verdict is) noexcept {
  return is != verdict::failed && is != verdict::not_tried;
}

} // namespace

failure without_map(failure why) {
  if (why.code == errc::dns_failed || why.code == errc::origin_denied)
    return {errc::origin_denied, "the host leads nowhere that a key may go"};
  return why;
}

test_way way_of(const failure& why) noexcept {
  switch (why.code) {
  case errc::invalid_key:
  case errc::invalid_config:
  case errc::invalid_request:
  case errc::secret_integrity:
  case errc::config_changed:
    return test_way::settings;
  case errc::origin_denied:
  case errc::dns_failed:
  case errc::connect_failed:
  case errc::connect_timeout:
    return test_way::address;
  case errc::tls_failed:
  case errc::tls_untrusted:
    return test_way::tls;
  default:
    return test_way::provider;
  }
}

bool is_ours(const failure& why) noexcept {
  switch (why.code) {
  case errc::overloaded:
  case errc::circuit_open:
  case errc::deadline_exceeded:
  case errc::cancelled:
  case errc::stopping:
  case errc::audit_unavailable:
  case errc::unavailable:
  case errc::config_unavailable:
  case errc::balance_exhausted:
  case errc::price_unknown:
  case errc::limit_exceeded:
    return true;
  default:
    return false;
  }
}

std::array<stage_result, test_stage_count> judge(const test_evidence& seen) {
  std::array<stage_result, test_stage_count> out;
  auto broken = broken_way(seen);
  auto may_go_on = true;
  auto put = [&](test_stage stage, auto&& find) {
    auto& to = out.at(static_cast<size_t>(stage));
    to.stage = stage;
    if (!may_go_on) {
      to.text = "an earlier stage stands in the way";
      return;
    }
    finding found = find();
    to.verdict = found.is;
    to.text = found.text;
    to.why = std::move(found.why);
    may_go_on = goes_on(found.is);
  };
  put(test_stage::syntax, [&] { return settings_finding(broken); });
  put(test_stage::address, [&] { return address_finding(broken); });
  put(test_stage::tls, [&] { return tls_finding(seen, broken); });
  put(test_stage::authentication, [&] { return key_finding(seen); });
  put(test_stage::model, [&] { return model_finding(seen); });
  put(test_stage::answer, [&] { return answer_finding(seen); });
  may_go_on = is_good(seen.answered) && seen.used_tool;
  put(test_stage::tool_use, [&] { return tool_finding(seen); });
  return out;
}

} // namespace byollm
