// SPDX-License-Identifier: Apache-2.0
#include "app/cli/commands.hpp"

#include "app/cli/print.hpp"

#include <iostream>

namespace byollm::cli {

print_fn say(const char* text) {
  return
    [text](std::ostream& to, const rapidjson::Value&) { to << text << '\n'; };
}

int print_end(const options& opts, const outcome& end, const print_fn& print,
              const char* is_well) {
  if (!end.ok)
    return report(opts, end);
  if (opts.json)
    print_json(std::cout, end.value);
  else
    print(std::cout, end.value);
  return !is_well || flag_of(end.value, is_well) ? exit_ok : exit_failure;
}

int run_and_print(const options& opts, request& what, const print_fn& print,
                  const char* is_well) {
  return print_end(opts, run(opts, what), print, is_well);
}

} // namespace byollm::cli
