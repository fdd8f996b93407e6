// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "coroutine.hpp"
#include "described.hpp"

#include <concepts>
#include <functional>
#include <stop_token>
#include <string>
#include <type_traits>
#include <utility>

namespace byollm {

/// Takes an answer from any thread; the first counts. When its last copy goes
/// unused, that is a failure.
template <class T>
using answer_fn = std::function<void(expected<T>)>;

/// What a handler returned, on its way to an answer that `make` makes of it.
template <class To, class Make, class T>
void deliver(pending<T> from, Make make, answer_fn<To> done) {
  from.then([make, done = std::move(done)](expected<T> value) {
    done(value ? make(*std::move(value)) : expected<To>{value.error()});
  });
}

template <class To, class Make, class T>
void deliver(expected<T> from, Make make, answer_fn<To> done) {
  done(from ? make(*std::move(from)) : expected<To>{from.error()});
}

template <class To, class Make, class T>
void deliver(T from, Make make, answer_fn<To> done) {
  done(make(std::move(from)));
}

/// Calls a handler in the form that it has, `args` being first in each:
///
///     R (args...)                        R, expected<R> or pending<R>, which
///     R (args..., std::stop_token)       a coroutine may return
///     void (args..., answer_fn<To>)
///     void (args..., std::stop_token, answer_fn<To>)
///
/// The token asks it to end early. What `make` takes, R may be.
template <class To, class Make, class Handler, class... Args>
void handle(Handler& handler, Make make, std::stop_token stop,
            answer_fn<To> done, Args... args) {
  using done_fn = answer_fn<To>;
  if constexpr (std::invocable<Handler&, Args..., std::stop_token, done_fn>)
    handler(std::move(args)..., std::move(stop), std::move(done));
  else if constexpr (std::invocable<Handler&, Args..., done_fn>)
    handler(std::move(args)..., std::move(done));
  else if constexpr (std::invocable<Handler&, Args..., std::stop_token>)
    deliver<To>(handler(std::move(args)..., std::move(stop)), make,
                std::move(done));
  else {
    static_assert(std::invocable<Handler&, Args...>,
                  "a handler takes its arguments, then perhaps a "
                  "std::stop_token, then perhaps an answer_fn");
    deliver<To>(handler(std::move(args)...), make, std::move(done));
  }
}

} // namespace byollm
