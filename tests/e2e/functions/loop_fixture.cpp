// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/functions/loop_fixture.hpp"

#include <rapidjson/document.h>

#include <catch2/catch.hpp>

#include <functional>
#include <mutex>
#include <vector>

namespace byollm::test {

agent_tool add_tool(std::shared_ptr<int> ran) {
  return make_tool<add_params>("add", "Adds.", [ran](add_params given) {
    ++*ran;
    return given.a + given.b;
  });
}

struct hanging_tool::held {
  using callback = std::stop_callback<std::function<void()>>;

  std::mutex mutex;
  std::vector<std::unique_ptr<callback>> waits;
};

hanging_tool::hanging_tool() : held_(std::make_shared<held>()) {
  // nop
}

hanging_tool::~hanging_tool() {
  std::unique_lock guard{held_->mutex};
  // What they wait with holds the loop, which holds the tool.
  auto last = std::move(held_->waits);
}

agent_tool hanging_tool::made(const std::string& name) {
  return make_tool(
    name, "Hangs.", R"({"type": "object"})",
    [all = held_, started = started, stopped = stopped](
      const std::string&, std::stop_token stop, answer_fn<std::string> done) {
      auto waits = std::make_unique<held::callback>(stop, [stopped, done] {
        stopped->set_value();
        done(std::string{"too late"});
      });
      {
        std::lock_guard guard{all->mutex};
        all->waits.push_back(std::move(waits));
      }
      started->set_value();
    });
}

loop_fixture::loop_fixture(std::vector<upstream_script> scripts)
    : llm_(std::move(scripts)),
      rt_(start({.data_directory = scratch_.path() / "data", .loops = 2})) {
  auto settings = llm_settings{.provider = "anthropic",
                               .model = "scripted",
                               .base_url = llm_.url(),
                               .key = "a-key-of-nobody"};
  auto admin = rt_->admin();
  REQUIRE(admin.allow_origin("acme", llm_.url(), true, "admin").get());
  REQUIRE(admin.allow_origin("", llm_.url(), true, "admin").get());
  REQUIRE(admin.set_user_llm("acme", "ada", settings, "ada").get());
  REQUIRE(admin.set_platform_llm(settings, "admin").get());
}

run_result loop_fixture::run(run_request request, const std::string& user) {
  auto ended
    = byollm::run(open_turn(*rt_, user).llm(), std::move(request)).get();
  if (!ended)
    FAIL(describe(ended.error()));
  return *std::move(ended);
}

run_result loop_fixture::run_with(agent_tool tool, run_limits most) {
  return run(question(std::move(tool), most));
}

run_request question(agent_tool tool, run_limits most) {
  run_request made;
  made.request = say("q");
  made.tools.push_back(std::move(tool));
  made.most = most;
  return made;
}

std::vector<tool_result_block> results_in(const std::string& body) {
  rapidjson::Document parsed;
  parsed.Parse(body.data(), body.size());
  REQUIRE_FALSE(parsed.HasParseError());
  const auto& messages = parsed["messages"].GetArray();
  std::vector<tool_result_block> made;
  for (const auto& block :
       messages[messages.Size() - 1]["content"].GetArray()) {
    REQUIRE(std::string{block["type"].GetString()} == "tool_result");
    const auto& content = block["content"];
    made.push_back(
      {block["tool_use_id"].GetString(),
       content.IsString() ? content.GetString()
                          : content[0]["text"].GetString(),
       block.HasMember("is_error") && block["is_error"].GetBool()});
  }
  return made;
}

} // namespace byollm::test
