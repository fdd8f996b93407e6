// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/metrics/make_family.hpp"
#include "app/service/request_watch.hpp"

#include <map>
#include <mutex>
#include <string_view>
#include <tuple>

namespace byollm::metrics {

/// What is counted of requests to the service, by route. Thread: any.
class request_series {
public:
  explicit request_series(prometheus::Registry& in);

  void ended(const service::seen_request& what);

private:
  struct of_route {
    Counter* count;
    Histogram* time;
  };

  /// Method, route, class of status: all live for ever.
  using key = std::tuple<std::string_view, std::string_view, std::string_view>;

  of_route find(const key& which);

  counters& requests_;
  histograms& time_;
  Counter& bytes_in_;
  Counter& bytes_out_;
  std::mutex mutex_;
  /// Found once: to find one by its labels takes as long as parsing a request.
  std::map<key, of_route> found_;
};

} // namespace byollm::metrics
