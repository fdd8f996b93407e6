// SPDX-License-Identifier: Apache-2.0
// Prints the functions of an extension as a host is told them.
#include "app/functions.hpp"

#include <iostream>

namespace {

using namespace byollm;

// What the seed's Python says, in C++.
struct summarize_params {
  std::string text;
  int max_words = 80;

  friend void describe(fields<summarize_params>& are) {
    are.required("text", &summarize_params::text, "The content to summarize.");
    are.optional("max_words", &summarize_params::max_words,
                 "Target summary length.");
  }
};

struct point {
  int x = 0;
  double y = 0.5;
  std::optional<std::string> label;

  friend void describe(fields<point>& are) {
    are.required("x", &point::x, "");
    are.optional("y", &point::y, "");
    are.optional("label", &point::label, "Its name.");
  }
};

struct path {
  std::vector<point> points;
  std::vector<std::string> tags;
  point origin;
  bool closed = false;

  friend void describe(fields<path>& are) {
    are.required("points", &path::points, "Where it goes.");
    are.required("tags", &path::tags, "");
    are.required("origin", &path::origin, "");
    are.optional("closed", &path::closed, "");
  }
};

template <class Params>
bool add(extension& to, const char* name) {
  return to
    .add<Params>({.name = name},
                 [](const context&, const Params&) { return std::string{}; })
    .has_value();
}

} // namespace

int main() {
  extension all{"all"};
  if (!add<summarize_params>(all, "summarize") || !add<path>(all, "path")
      || !add<no_parameters>(all, "nothing"))
    return 1;
  std::cout << '{';
  auto comma = "";
  for (const auto& function : all.functions()) {
    std::cout << comma << '"' << function.about.name
              << "\": " << function.parameters_json;
    comma = ",\n";
  }
  std::cout << "}\n";
}
