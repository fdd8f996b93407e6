// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/runtime/admission.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace byollm::test {

/// Tenants whose calls come and end on virtual time: so many a second each,
/// and a call takes a second on average.
struct crowd {
  /// Calls a second that each tenant wants.
  std::vector<double> rates = {};
  double seconds = 12;
  /// Of them, those that are not counted.
  double warm_up = 4;
  uint64_t seed = 1;
};

struct crowd_result {
  struct of_tenant {
    double in_flight = 0; ///< On average.
    uint64_t wanted = 0;
    uint64_t refused = 0;
  };

  std::vector<of_tenant> tenants = {};

  /// Of the average numbers in flight of tenants `first` to `last`.
  double jain(size_t first, size_t last) const;

  /// Of tenants `first` to `last`.
  uint64_t refused(size_t first, size_t last) const;

  /// Of all places.
  double in_flight() const;
};

/// Whether a tenant's call is let in, and that one has ended.
struct doorkeeper {
  std::function<bool(size_t tenant)> enter;
  std::function<void(size_t tenant)> leave;
};

/// Deterministic for a seed.
crowd_result run(const crowd& who, const doorkeeper& at);

/// Admission as it is.
doorkeeper fair_door(place_rules rules, size_t tenants);

/// Two counters, as it was.
doorkeeper plain_door(place_rules rules, size_t tenants);

/// Places of 50 tenants, few enough that each call matters.
constexpr place_rules small_house{512, 512};

/// 50 tenants, of whom the first wants 99 % of ten times all places.
crowd one_hot();

/// 10 tenants that want up to four times all places each, very differently, and
/// 40 that want half a place.
crowd ten_hot();

/// 50 tenants that all want more than their share, up to ten times more than
/// the next.
crowd all_hot();

} // namespace byollm::test
