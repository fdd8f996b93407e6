// SPDX-License-Identifier: Apache-2.0
// `config test`: one real minimal call, told as stages in simple words.
#include "app/owner/json.hpp"
#include "app/owner/table.hpp"

#include <array>

namespace byollm::owner {

namespace {

// How far a call came, in order. A failure names the stage that it broke.
enum class stage : uint8_t { settings, reach, secure, accepted, answers };

struct stage_text {
  stage is;
  std::string_view name;
  std::string_view good;
};

constexpr std::array stages = {
  stage_text{stage::settings, "settings", "the settings are complete"},
  stage_text{stage::reach, "reach", "the provider can be reached"},
  stage_text{stage::secure, "secure", "the connection is as it should be"},
  stage_text{stage::accepted, "accepted", "the provider takes the key"},
  stage_text{stage::answers, "answers", "the model answers"},
};

stage broken_stage(errc code) noexcept {
  switch (code) {
  case errc::dns_failed:
  case errc::connect_failed:
  case errc::connect_timeout:
    return stage::reach;
  case errc::tls_failed:
  case errc::tls_untrusted:
    return stage::secure;
  case errc::authentication:
  case errc::permission:
    return stage::accepted;
  default:
    return code < errc::authentication ? stage::settings : stage::answers;
  }
}

void put_stage(json_writer& to, const stage_text& text, const failure& why) {
  auto broken = broken_stage(why.code);
  auto failed = why.code != errc::none;
  to.StartObject();
  put(to, "stage", text.name);
  put(to, "verdict",
      !failed || text.is < broken ? "ok"
      : text.is == broken         ? "failed"
                                  : "not tried");
  put(to, "text", failed && text.is == broken ? describe(why) : text.good);
  to.EndObject();
}

// The verdict of a call that went well (`errc::none`) or failed.
std::string verdict(const explanation& plan, const failure& why,
                    const message_reply& reply) {
  return json_text([&](json_writer& to) {
    to.StartObject();
    put_flag(to, "ok", why.code == errc::none);
    put(to, "provider", plan.provider);
    put(to, "model", reply.model.empty() ? plan.model : reply.model);
    put(to, "origin", plan.origin);
    put(to, "code", to_string(why.code));
    put(to, "stages");
    to.StartArray();
    for (const auto& text : stages)
      put_stage(to, text, why);
    to.EndArray();
    to.EndObject();
  });
}

std::string field(const ledger_row& row, std::string_view name) {
  for (const auto& [key, value] : row.fields)
    if (key == name)
      return value;
  return {};
}

// With `fallback = platform` a good reply can hide a broken key: the ledger's
// first outcome of the turn says what the user's own provider did.
failure first_attempt(const std::vector<ledger_row>& rows) {
  for (const auto& row : rows) {
    if (row.type != "outcome")
      continue;
    auto name = field(row, "error");
    for (unsigned code = 0; code < 256; ++code)
      if (to_string(static_cast<errc>(code)) == name)
        return {static_cast<errc>(code),
                "the platform answered instead of this LLM"};
  }
  return {errc::unavailable, "the platform answered instead of this LLM"};
}

create_message_request minimal_request() {
  create_message_request out;
  out.messages = {{role::user, {text_block{"Reply with the word: ready"}}}};
  // Enough for a model that thinks before it speaks.
  out.params.max_tokens = 64;
  return out;
}

detached test_llm(turn_request turn, answerer wanted, operation_ptr as) {
  auto planning = as->of().admin().explain(turn, "", {});
  auto plan = co_await planning;
  if (!plan)
    co_return as->fail(plan.error());
  if (plan->who != wanted)
    co_return as->fail(
      {errc::not_found, wanted == answerer::user
                          ? "this user has no LLM of their own switched on"
                          : "the platform has no LLM"});
  auto opening = as->of().open_turn(turn);
  auto opened = co_await opening;
  if (!opened)
    co_return as->fail(opened.error());
  auto asking = opened->llm().create_message(minimal_request());
  auto reply = co_await asking;
  if (!reply)
    co_return as->result(verdict(*plan, reply.error(), {}));
  if (reply->fallback_from.empty())
    co_return as->result(verdict(*plan, {}, *reply));
  auto reading
    = as->of().admin().ledger_list(turn.tenant, opened->turn(), 1, 10, false);
  auto rows = co_await reading;
  as->result(verdict(*plan, rows ? first_attempt(*rows) : rows.error(),
                     message_reply{}));
}

} // namespace

void config_test(fields& in, operation_ptr as) {
  auto whose = in.choice("whose", {"user", "platform"});
  turn_request turn;
  turn.tenant = in.text("tenant");
  turn.extension = in.text_or("extension", "cli");
  // Nobody's own settings stand before the platform's for this name.
  turn.user = in.text_or("user", "platform-test");
  if (whose == "platform")
    turn.user = "platform-test";
  if (!refused(in, as))
    test_llm(std::move(turn),
             whose == "user" ? answerer::user : answerer::platform,
             std::move(as));
}

} // namespace byollm::owner
