// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/described.hpp"

namespace byollm::test {

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
  int64_t x = 0;
  double y = 0.5;

  friend void describe(fields<point>& are) {
    are.required("x", &point::x, "");
    are.optional("y", &point::y, "", {.minimum = -1.5, .maximum = 2});
  }
};

/// A bit of everything.
struct sample : point {
  bool flag = true;
  uint8_t small = 7;
  uint64_t large = 0;
  std::string name = "n";
  std::optional<std::string> note;
  std::optional<int> level = 3;
  std::vector<std::string> tags = {"a"};
  std::vector<point> path;
  point from;

  friend void describe(fields<sample>& are) {
    are.required("x", &sample::x, "A base's member.");
    are.optional("flag", &sample::flag, "");
    are.optional("small", &sample::small, "", {.maximum = 100});
    are.optional("large", &sample::large, "");
    are.optional("name", &sample::name, "", {.minimum = 1, .maximum = 4});
    are.optional("note", &sample::note, "May be null.");
    are.optional("level", &sample::level, "", {.minimum = 1});
    are.optional("tags", &sample::tags, "", {.maximum = 2});
    are.optional("path", &sample::path, "");
    are.optional("from", &sample::from, "");
  }
};

/// There is no end to one.
struct tree {
  std::vector<tree> left;
  std::vector<tree> right;

  friend void describe(fields<tree>& are) {
    are.optional("left", &tree::left, "");
    are.optional("right", &tree::right, "");
  }
};

} // namespace byollm::test
