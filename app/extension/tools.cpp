// SPDX-License-Identifier: Apache-2.0
#include "app/extension/arguments.hpp"
#include "app/run.hpp"

namespace byollm {

agent_tool make_tool_of(
  std::string name, std::string description, const shape_ptr& params,
  std::function<void(const std::shared_ptr<void>& params, std::stop_token stop,
                     answer_fn<std::string> done)>
    use) {
  agent_tool made{std::move(name), std::move(description)};
  auto kind = argument_kind::compile(params);
  if (!kind) {
    made.problem = kind.error();
    return made;
  }
  made.input_schema_json = (*kind)->schema_json();
  made.use = [kind = *std::move(kind), use = std::move(use)](
               const std::string& arguments, std::stop_token stop,
               answer_fn<std::string> done) {
    auto given = kind->read(arguments);
    if (given)
      use(*given, std::move(stop), std::move(done));
    else
      done(given.error());
  };
  return made;
}

} // namespace byollm
