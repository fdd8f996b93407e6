// SPDX-License-Identifier: Apache-2.0
#include "app/metrics/request_series.hpp"

#include "app/metrics/labels.hpp"

namespace byollm::metrics {

namespace {

const Histogram::BucketBoundaries time_buckets
  = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5, 20, 80, 320};

} // namespace

request_series::request_series(prometheus::Registry& in)
    : requests_(add_counters(in, "byollm_http_requests_total",
                             "Requests to the service, by route and class of "
                             "status.")),
      time_(add_histograms(in, "byollm_http_request_duration_seconds",
                           "From a request to the end of its answer.")),
      bytes_in_(add_counters(in, "byollm_http_request_body_bytes_total",
                             "Bytes of requests' bodies.")
                  .Add({})),
      bytes_out_(add_counters(in, "byollm_http_response_body_bytes_total",
                              "Bytes of answers' bodies.")
                   .Add({})) {
  // A family without a series is not shown, and a rate needs a first zero.
  for (auto status : {0, 200, 400, 500})
    find({"", "", status_label(status)});
}

request_series::of_route request_series::find(const key& which) {
  std::lock_guard guard{mutex_};
  if (auto it = found_.find(which); it != found_.end())
    return it->second;
  auto [method, route, status] = which;
  of_route made{&requests_.Add({{"method", text_of(method)},
                                {"route", text_of(route)},
                                {"code", text_of(status)}}),
                &time_.Add({{"route", text_of(route)}}, time_buckets)};
  return found_.emplace(which, made).first->second;
}

void request_series::ended(const service::seen_request& what) {
  auto of = find({what.method, what.route, status_label(what.status)});
  of.count->Increment();
  of.time->Observe(std::chrono::duration<double>(what.took).count());
  bytes_in_.Increment(static_cast<double>(what.bytes_in));
  bytes_out_.Increment(static_cast<double>(what.bytes_out));
}

} // namespace byollm::metrics
