// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/metrics/metrics.hpp"

#include <prometheus/metric_family.h>

#include <vector>

namespace byollm::metrics {

/// Returns a family of one series for each number of `now`.
std::vector<prometheus::MetricFamily> families_of(const readings& now);

} // namespace byollm::metrics
