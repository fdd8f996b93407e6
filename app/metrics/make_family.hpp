// SPDX-License-Identifier: Apache-2.0
// Short words for what the client library of Prometheus makes.
#pragma once

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <string>
#include <string_view>

namespace byollm::metrics {

using prometheus::Counter;
using prometheus::Histogram;
using prometheus::Labels;

using counters = prometheus::Family<Counter>;
using histograms = prometheus::Family<Histogram>;

inline counters& add_counters(prometheus::Registry& in, const char* name,
                              const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(in);
}

inline histograms& add_histograms(prometheus::Registry& in, const char* name,
                                  const char* help) {
  return prometheus::BuildHistogram().Name(name).Help(help).Register(in);
}

inline std::string text_of(std::string_view from) {
  return std::string{from};
}

} // namespace byollm::metrics
