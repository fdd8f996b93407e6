// SPDX-License-Identifier: Apache-2.0
#include "app/run.hpp"

#include "app/extension/agent_run.hpp"
#include "app/runtime/settle.hpp"

#include <array>
#include <set>

namespace byollm {

namespace {

failure bad(std::string detail, std::string parameter) {
  return {errc::invalid_request, std::move(detail), std::move(parameter)};
}

status check(const run_request& request) {
  if (!request.request.id.empty())
    return bad("a loop makes several calls, which one id cannot name", "id");
  if (!request.request.tools.empty())
    return bad("the tools of a loop are those that it can run", "tools");
  std::set<std::string_view> names;
  for (const auto& tool : request.tools) {
    if (tool.problem.code != errc::none)
      return tool.problem;
    if (!tool.use)
      return bad("the tool " + tool.name + " cannot run", "tools");
    if (!names.insert(tool.name).second)
      return bad("two tools are called " + tool.name, "tools");
  }
  return unit{};
}

} // namespace

std::string_view to_string(run_stop value) noexcept {
  constexpr std::array<std::string_view, 9> names
    = {"finished",  "rounds", "tokens",  "time",  "cost",
       "uncounted", "length", "refused", "failed"};
  auto index = static_cast<size_t>(value);
  return index < names.size() ? names[index] : "unknown";
}

pending<run_result> run(const llm_accessor& llm, run_request request) {
  if (auto good = check(request); !good)
    return settled<run_result>(good.error());
  auto [state, made] = make_pending<run_result>();
  std::make_shared<agent_run>(
    llm, std::move(request),
    [state = state](run_result result) { state->settle(std::move(result)); })
    ->start();
  return made;
}

} // namespace byollm
