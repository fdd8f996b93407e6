// SPDX-License-Identifier: Apache-2.0
// `config test` and `config models`: what the API finds, as JSON.
#include "app/owner/json.hpp"
#include "app/owner/table.hpp"

namespace byollm::owner {

namespace {

void put_stage(json_writer& to, const stage_result& stage) {
  to.StartObject();
  put(to, "stage", to_string(stage.stage));
  put(to, "verdict", to_string(stage.verdict));
  put(to, "text", stage.text);
  put(to, "code", to_string(stage.why.code));
  if (stage.why.http_status != 0)
    put_number(to, "http_status", stage.why.http_status);
  if (!stage.why.provider_code.empty())
    put(to, "provider_code", stage.why.provider_code);
  to.EndObject();
}

std::string render(const stage_result& stage) {
  return json_text([&](json_writer& to) { put_stage(to, stage); });
}

std::string render(const llm_test& test) {
  return json_text([&](json_writer& to) {
    to.StartObject();
    put_flag(to, "ok", test.usable);
    put(to, "provider", test.provider);
    put(to, "model", test.model);
    put(to, "origin", test.origin);
    put(to, "turn", test.turn);
    put(to, "stages");
    to.StartArray();
    for (const auto& stage : test.stages)
      put_stage(to, stage);
    to.EndArray();
    to.EndObject();
  });
}

struct owner_of_test {
  bool is_platform = false;
  std::string tenant = {};
  std::string user = {};
  std::string actor = {};
};

owner_of_test read_owner(fields& in) {
  owner_of_test out;
  out.is_platform = in.choice("whose", {"user", "platform"}) == "platform";
  out.actor = in.text_or("extension", "cli");
  // The platform's needs nobody's name, but a command says one anyway.
  out.tenant = out.is_platform ? in.text_or("tenant", "") : in.text("tenant");
  out.user = out.is_platform ? in.text_or("user", "") : in.text("user");
  return out;
}

detached test_llm(owner_of_test whose, operation_ptr as) {
  auto admin = as->of().admin();
  stage_fn tell = [as](const stage_result& stage) { as->part(render(stage)); };
  auto testing
    = whose.is_platform
        ? admin.test_platform_llm(whose.actor, tell)
        : admin.test_user_llm(whose.tenant, whose.user, whose.actor, tell);
  answer(as, co_await testing, [](const llm_test& x) { return render(x); });
}

detached list_models(owner_of_test whose, operation_ptr as) {
  auto admin = as->of().admin();
  auto listing = whose.is_platform
                   ? admin.platform_models(whose.actor)
                   : admin.user_models(whose.tenant, whose.user, whose.actor);
  answer(as, co_await listing, [](const std::vector<std::string>& x) {
    return json_text([&](json_writer& to) {
      to.StartArray();
      for (const auto& name : x)
        put(to, name);
      to.EndArray();
    });
  });
}

} // namespace

void config_test(fields& in, operation_ptr as) {
  auto whose = read_owner(in);
  if (!refused(in, as))
    test_llm(std::move(whose), std::move(as));
}

void config_models(fields& in, operation_ptr as) {
  auto whose = read_owner(in);
  if (!refused(in, as))
    list_models(std::move(whose), std::move(as));
}

} // namespace byollm::owner
