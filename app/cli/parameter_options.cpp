// SPDX-License-Identifier: Apache-2.0
#include "app/cli/parameter_options.hpp"

namespace byollm::cli {

void add_parameter_options(CLI::App& app, parameters& to) {
  auto group = "Parameters";
  app.add_option("--temperature", to.temperature, "0 to 2")->group(group);
  app.add_option("--top-p", to.top_p, "above 0, to 1")->group(group);
  app.add_option("--max-tokens", to.max_tokens, "answer tokens")->group(group);
  app.add_option("--presence-penalty", to.presence_penalty, "-2 to 2")
    ->group(group);
  app.add_option("--frequency-penalty", to.frequency_penalty, "-2 to 2")
    ->group(group);
  app
    .add_option_function<std::vector<std::string>>(
      "--stop",
      [&to](const std::vector<std::string>& stops) {
        to.stop_sequences = stops;
      },
      "stop sequence; repeat for more")
    ->group(group);
}

} // namespace byollm::cli
