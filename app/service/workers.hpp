// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/service/invocation.hpp"
#include "app/service/offer_book.hpp"
#include "app/service/worker.hpp"
#include "messages/access.hpp"

#include <functional>
#include <list>
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
  /// `may_stay` says whether a service token is still good.
  explicit workers(std::function<bool(const service_token_view&)> may_stay)
      : may_stay_(std::move(may_stay)) {
    // nop
  }

  /// Adds a worker, which came with `token`, for as long as `at` lasts, which
  /// it hears events on; what `at` was asked is let go of. Errors: those of
  /// `offer_book::add`.
  status attach(const std::string& id, worker_offer offer,
                service_token_view token, http::exchange_ptr at);

  /// Finds a function that some worker offers. Errors: `not_found`.
  expected<offered_function> find(const std::string& extension,
                                  const std::string& function) const;

  /// Gives an invocation to the worker that is least busy; equals take turns.
  /// Errors: `not_found`; `overloaded` if all that offer the very function are
  /// full or slow to read. Then `done` is not called.
  status invoke(invocation what);

  /// Takes the answer of the worker that has the invocation, which came with
  /// `token`. Errors: `not_found` if nobody waits for it (any more), or another
  /// has it.
  status finish(const std::string& invocation, const std::string& token,
                expected<std::string> result);

  /// The worker does not take an invocation: another does, or it ends with
  /// `overloaded`. With `leaves` the worker gets no other. Errors: as `finish`.
  status decline(const std::string& invocation, const std::string& token,
                 bool leaves);

  /// Nobody waits any more: tells the worker, and `done` gets `why`.
  void cancel(const std::string& invocation, failure why);

  /// How many workers are attached.
  size_t count() const;

  /// How many invocations run.
  size_t running() const;

  /// Ends what runs with `stopping`, and each worker's stream.
  void stop();

  /// Shows a sign of life to each worker, and detaches those whose token is
  /// good no more.
  void keep_alive();

  /// Extensions and functions as JSON, for `GET /v1/extensions`.
  std::string listing() const;

private:
  struct attached {
    std::string id;
    worker_offer offer;
    service_token_view token;
    http::exchange_ptr at;
    uint32_t running = 0;
    /// How many it takes: what it offers, or less after it said it was busy.
    uint32_t room = 0;
    /// What it was sent waits on our side.
    bool is_slow = false;
    bool leaves = false;
  };

  using place = std::list<attached>::iterator;

  struct running_one {
    place on;
    invocation what;
  };

  using running_map = std::unordered_map<std::string, running_one>;

  status hand_out(invocation& what);
  std::optional<place> least_busy(const invocation& what, bool& is_offered);
  std::optional<running_one> take(const std::string& invocation,
                                  const std::string* token = nullptr);
  void send(place to, const std::string& bytes);
  void detach(const std::string& id);

  const std::function<bool(const service_token_view&)> may_stay_;
  mutable std::mutex mutex_;
  std::list<attached> attached_;
  offer_book offers_;
  running_map running_;
};

} // namespace byollm::service
