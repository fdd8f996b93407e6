// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/handler.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <utility>

namespace byollm {

/// Lets an answer through once: the first, or, if all copies go unused, that
/// nobody answered.
template <class T>
answer_fn<T> one_answer(std::function<void(expected<T>)> to) {
  struct state {
    explicit state(std::function<void(expected<T>)> taker)
        : take(std::move(taker)) {
      // nop
    }

    state(const state&) = delete;
    state& operator=(const state&) = delete;

    ~state() {
      tell(failure{errc::handler_failed, "it let go of its answer", "dropped"});
    }

    void tell(expected<T> value) {
      if (!told.exchange(true))
        take(std::move(value));
    }

    std::function<void(expected<T>)> take;
    std::atomic<bool> told{false};
  };
  auto held = std::make_shared<state>(std::move(to));
  return [held = std::move(held)](expected<T> value) {
    held->tell(std::move(value));
  };
}

} // namespace byollm
