// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/errors.hpp"
#include "messages/expected.hpp"

#include <cstdio>
#include <cstdlib>
#include <utility>

namespace byollm::load {

/// Returns what is there: a benchmark that cannot run says so and ends.
template <class T>
T must(expected<T> result) {
  if (result)
    return *std::move(result);
  std::fprintf(stderr, "%s\n", describe(result.error()).c_str());
  std::exit(EXIT_FAILURE);
}

} // namespace byollm::load
