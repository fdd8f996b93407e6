// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/service/invocation.hpp"
#include "app/service/worker.hpp"

#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace byollm::service {

/// The workers that are attached, and what runs on them. A worker whose
/// connection ends takes its own invocations with it, with `unavailable`, and
/// nobody else's. Thread-safe.
class workers {
public:
  /// Adds a worker for as long as `at` lasts, which it hears events on. Errors:
  /// `overloaded` over limits::workers_max.
  status attach(std::string id, worker_offer offer, http::exchange_ptr at);

  /// Finds a function that some worker offers. Errors: `not_found`.
  expected<offered_function> find(const std::string& extension,
                                  const std::string& function) const;

  /// Gives an invocation to the worker that is least busy. Errors: `not_found`;
  /// `overloaded` if all that offer the function are full. Then `done` is not
  /// called.
  status invoke(invocation what);

  /// Takes a worker's answer. Errors: `not_found` if nobody waits for it (any
  /// more).
  status finish(const std::string& invocation, expected<std::string> result);

  /// Nobody waits any more: tells the worker, and `done` gets `why`.
  void cancel(const std::string& invocation, failure why);

  /// How many workers are attached.
  size_t count() const;

  /// How many invocations run.
  size_t running() const;

  /// Ends what runs with `stopping`, and each worker's stream.
  void stop();

  /// Shows a sign of life to each worker.
  void keep_alive();

  /// Extensions and functions as JSON, for `GET /v1/extensions`.
  std::string listing() const;

private:
  struct attached {
    std::string id;
    worker_offer offer;
    http::exchange_ptr at;
    uint32_t running = 0;
  };

  struct running_one {
    std::list<attached>::iterator on;
    std::function<void(expected<std::string>)> done;
  };

  using running_map = std::unordered_map<std::string, running_one>;

  attached* least_busy(const std::string& extension,
                       const std::string& function, bool& is_offered);
  std::optional<running_one> take(const std::string& invocation);
  void detach(const std::string& id);

  mutable std::mutex mutex_;
  std::list<attached> attached_;
  running_map running_;
};

} // namespace byollm::service
