// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/run.hpp"
#include "tests/e2e/embedding/host_fixture.hpp"
#include "tests/e2e/functions/scripted_llm.hpp"

#include <future>
#include <memory>
#include <string>
#include <vector>

namespace byollm::test {

/// Numbers to add.
struct add_params {
  int a = 0;
  int b = 0;

  friend void describe(fields<add_params>& are) {
    are.required("a", &add_params::a, "One.");
    are.required("b", &add_params::b, "The other.");
  }
};

/// A tool `add` that counts its runs in `ran`.
agent_tool add_tool(std::shared_ptr<int> ran = std::make_shared<int>());

/// A tool that answers nothing as long as nobody asks it to end; `started` and
/// `stopped` tell.
class hanging_tool {
public:
  hanging_tool();
  ~hanging_tool();

  hanging_tool(const hanging_tool&) = delete;
  hanging_tool& operator=(const hanging_tool&) = delete;

  agent_tool made(const std::string& name = "hang");

  const std::shared_ptr<std::promise<void>> started
    = std::make_shared<std::promise<void>>();
  const std::shared_ptr<std::promise<void>> stopped
    = std::make_shared<std::promise<void>>();

private:
  struct held;
  std::shared_ptr<held> held_;
};

/// A runtime and a scripted LLM, which is ada's own and the platform's.
class loop_fixture {
public:
  explicit loop_fixture(std::vector<upstream_script> scripts);

  /// Runs a loop in a new turn of `user`, which must not be refused.
  run_result run(run_request request, const std::string& user = "ada");

  /// The loop of "q" with one tool.
  run_result run_with(agent_tool tool, run_limits most = {});

  runtime& rt() {
    return *rt_;
  }

  const scripted_llm& llm() const {
    return llm_;
  }

private:
  scratch_directory scratch_;
  scripted_llm llm_;
  std::unique_ptr<runtime> rt_;
};

/// What is asked, with one tool.
run_request question(agent_tool tool, run_limits most = {});

/// The tool results in the last message of a request's body.
std::vector<tool_result_block> results_in(const std::string& body);

} // namespace byollm::test
