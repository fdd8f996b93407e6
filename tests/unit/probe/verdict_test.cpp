// SPDX-License-Identifier: Apache-2.0
// Goal: a test of an LLM claims no more than its requests prove. Method: the
// pure rules, one outcome of the requests a row; a letter a stage.
#include "app/runtime/llm_verdicts.hpp"

#include <catch2/catch.hpp>

namespace byollm {

namespace {

using answer = test_evidence::answer;

answer fails(errc code, std::string token = "") {
  failure why{code};
  why.provider_code = std::move(token);
  return expected<message_reply>{why};
}

answer lists(std::vector<std::string> names) {
  message_reply reply;
  reply.models = std::move(names);
  return expected<message_reply>{reply};
}

answer says(std::string text, stop_reason stop = stop_reason::end_turn) {
  message_reply reply;
  if (!text.empty())
    reply.content = {text_block{std::move(text)}};
  reply.stop = stop;
  return expected<message_reply>{reply};
}

answer calls_tool() {
  message_reply reply;
  reply.content = {tool_use_block{"id", "ok", "{}"}};
  return expected<message_reply>{reply};
}

answer cuts_tool() {
  message_reply reply;
  reply.stop = stop_reason::max_tokens;
  reply.losses = {{lost::cut_call, "cut"}};
  return expected<message_reply>{reply};
}

std::string letters(const test_evidence& seen) {
  std::string out;
  for (const auto& stage : judge(seen)) {
    CHECK_FALSE(stage.text.empty());
    CHECK(static_cast<size_t>(stage.stage) == out.size());
    out += "?pfnai"[static_cast<size_t>(stage.verdict)];
  }
  return out;
}

test_evidence seen(answer listed, answer answered = {}, answer used = {}) {
  return {true,           true, "m", std::move(listed), std::move(answered),
          std::move(used)};
}

} // namespace

TEST_CASE("verdicts say what the requests prove", "[probe]") {
  struct row {
    test_evidence seen;
    std::string letters;
  };
  auto all = lists({"m"});
  auto none = fails(errc::model_not_found);
  auto line = GENERATE_COPY(values<row>({
    {seen(all, says("ok"), calls_tool()), "ppppppp"},
    // On the way.
    {seen(all), "pppipnn"},
    {seen(all, says("ok")), "ppppppn"},
    // The way there.
    {seen(fails(errc::secret_integrity)), "fnnnnnn"},
    {seen(fails(errc::origin_denied)), "pfnnnnn"},
    {seen(fails(errc::dns_failed)), "pfnnnnn"},
    {seen(fails(errc::connect_failed)), "pfnnnnn"},
    {seen(fails(errc::connect_timeout)), "pfnnnnn"},
    {seen(fails(errc::tls_untrusted)), "ppfnnnn"},
    {seen(fails(errc::tls_failed)), "ppfnnnn"},
    {seen(all, fails(errc::connect_failed)), "pfnnnnn"},
    // A list proves no key, and its lack is no fault.
    {seen(all, fails(errc::authentication)), "pppfnnn"},
    {seen(all, fails(errc::provider_fault)), "pppipin"},
    {seen(fails(errc::authentication), says("ok"), calls_tool()), "ppppppp"},
    {seen(fails(errc::permission), says("ok"), calls_tool()), "ppppppp"},
    {seen(none, says("ok"), calls_tool()), "ppppppp"},
    {seen(fails(errc::protocol), says("ok"), calls_tool()), "ppppppp"},
    {seen(none, fails(errc::authentication)), "pppfnnn"},
    // Forbidden is not a bad key; without credit it is a good one.
    {seen(all, fails(errc::permission)), "pppipfn"},
    {seen(none, fails(errc::permission)), "pppiifn"},
    {seen(all, fails(errc::quota_exhausted)), "pppppfn"},
    {seen(all, fails(errc::rate_limited)), "pppipin"},
    {seen(all, fails(errc::provider_rejected)), "pppipfn"},
    {seen(all, fails(errc::content_policy)), "pppppin"},
    // A model is missing if the provider says so, not if a list leaves it out.
    {seen(lists({"x"}), says("ok"), calls_tool()), "ppppppp"},
    {seen(lists({"x"}), fails(errc::provider_fault)), "pppiiin"},
    {seen(all, fails(errc::model_not_found, "model_not_found")), "ppppfnn"},
    {seen(all, fails(errc::model_not_found)), "pppifnn"},
    // One token may be a thought.
    {seen(all, says("", stop_reason::max_tokens), calls_tool()), "ppppppp"},
    {seen(all, fails(errc::first_byte_timeout)), "pppipin"},
    {seen(all, fails(errc::provider_timeout)), "pppipin"},
    {seen(all, fails(errc::redirected)), "pppipfn"},
    {seen(all, fails(errc::protocol)), "pppipfn"},
    // Tools.
    {seen(all, says("ok"), says("ok")), "ppppppf"},
    {seen(all, says("ok"), fails(errc::provider_rejected)), "ppppppf"},
    {seen(all, says("ok"), says("", stop_reason::max_tokens)), "ppppppi"},
    {seen(all, says("ok"), cuts_tool()), "ppppppp"},
    {seen(all, says("ok"), fails(errc::provider_fault)), "ppppppi"},
  }));
  CHECK(letters(line.seen) == line.letters);
}

TEST_CASE("what is not there is not tested", "[probe]") {
  auto plain = seen(lists({}), says("ok"), calls_tool());
  plain.is_https = false;
  CHECK(letters(plain) == "ppapppp");
  plain.has_key = false;
  CHECK(letters(plain) == "ppaappp");
  // Who takes no key and is refused for it needs one.
  CHECK(letters({false, false, "m", lists({}), fails(errc::authentication), {}})
        == "ppafnnn");
}

TEST_CASE("all refused addresses read alike", "[probe]") {
  failure denied{errc::origin_denied, "keys may not be sent to this address"};
  failure unknown{errc::dns_failed, "the host name does not resolve"};
  auto one = judge(seen(expected<message_reply>{denied}));
  auto other = judge(seen(expected<message_reply>{unknown}));
  for (size_t i = 0; i < one.size(); ++i) {
    CHECK(one[i].verdict == other[i].verdict);
    CHECK(one[i].text == other[i].text);
    CHECK(describe(one[i].why) == describe(other[i].why));
  }
}

TEST_CASE("our own troubles are no verdict", "[probe]") {
  for (auto code : {errc::overloaded, errc::stopping, errc::audit_unavailable,
                    errc::unavailable, errc::config_unavailable})
    CHECK(is_ours(failure{code}));
  for (auto code : {errc::authentication, errc::origin_denied,
                    errc::secret_integrity, errc::total_timeout})
    CHECK_FALSE(is_ours(failure{code}));
}

} // namespace byollm
