// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/service/worker.hpp"

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace byollm::service {

/// Counts, for each service token, the workers that came with it and what is
/// kept of their functions, so that one token leaves places and memory to the
/// others. Workers of one token that offer the same share one copy. One thread
/// at a time.
class offer_book {
public:
  /// Counts a worker, and has `offer` share the functions of an equal one.
  /// Errors: `overloaded` over `limits::workers_max`, `workers_per_token_max`,
  /// `offers_bytes_max` or `offers_per_token_bytes_max`, which it names; then
  /// nothing is counted.
  status add(const std::string& token, worker_offer& offer);

  /// Counts a worker no more, whose `offer` was added.
  void remove(const std::string& token, const worker_offer& offer);

  using offered = std::vector<
    std::pair<std::string, std::shared_ptr<const offered_functions>>>;

  /// Returns extensions and what is offered for them, each thing once.
  offered all() const;

private:
  /// What one or more workers of a token offer.
  struct kept {
    worker_offer what;
    size_t workers = 0;
  };

  struct account {
    size_t workers = 0;
    size_t bytes = 0;
    std::vector<kept> offers = {};

    std::vector<kept>::iterator find_equal(const worker_offer& offer);
  };

  status has_room(const account& of, size_t more) const;

  std::map<std::string, account> accounts_;
  size_t workers_ = 0;
  size_t bytes_ = 0;
};

} // namespace byollm::service
