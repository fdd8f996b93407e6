// SPDX-License-Identifier: Apache-2.0
#include "app/metrics/readings.hpp"

#include <algorithm>
#include <array>

namespace byollm::metrics {

namespace {

using prometheus::MetricType;

struct reading {
  const char* name;
  MetricType type;
  const char* help;
  double (*read)(const readings& now);
};

template <class T>
double number(T value) {
  return static_cast<double>(value);
}

constexpr auto gauge = MetricType::Gauge;
constexpr auto counter = MetricType::Counter;

constexpr std::array table = {
  reading{"byollm_calls_in_flight", gauge, "Calls that were admitted and run.",
          [](const readings& x) { return number(x.runtime.in_flight); }},
  reading{"byollm_takes_calls", gauge, "Whether a call may begin.",
          [](const readings& x) { return number(x.runtime.takes_calls); }},
  reading{"byollm_actors", gauge, "Actors that are alive.",
          [](const readings& x) { return number(x.runtime.actors); }},
  reading{"byollm_retries_denied_total", counter,
          "Retries that were not made: their tenant had none left.",
          [](const readings& x) { return number(x.runtime.retries_denied); }},
  reading{"byollm_breakers_open", gauge,
          "LLMs that are left alone because their last attempts failed.",
          [](const readings& x) { return number(x.runtime.breakers_open); }},
  reading{"byollm_attempts_running", gauge,
          "Attempts that are with a provider.",
          [](const readings& x) { return number(x.runtime.attempts_running); }},
  reading{"byollm_attempts_queued", gauge,
          "Attempts that wait for another to their provider to end.",
          [](const readings& x) { return number(x.runtime.attempts_queued); }},
  reading{"byollm_connections_idle", gauge,
          "Connections to providers that wait for the next call.",
          [](const readings& x) { return number(x.runtime.connections_idle); }},
  reading{"byollm_ledger_healthy", gauge, "Whether the ledger can be written.",
          [](const readings& x) { return number(x.runtime.ledger_healthy); }},
  reading{"byollm_ledger_records", gauge, "Records of the ledger.",
          [](const readings& x) { return number(x.runtime.ledger_records); }},
  reading{"byollm_ledger_open_intents", gauge,
          "Intents whose outcome is not recorded yet.",
          [](const readings& x) { return number(x.runtime.ledger_open); }},
  reading{"byollm_ledger_unsigned_records", gauge,
          "Records that are under no signed checkpoint yet.",
          [](const readings& x) {
            const auto& of = x.runtime;
            return number(of.ledger_records
                          - std::min(of.ledger_signed, of.ledger_records));
          }},
  reading{"byollm_ledger_waiting_records", gauge,
          "Records that wait to be durable.",
          [](const readings& x) { return number(x.runtime.ledger_waiting); }},
  reading{"byollm_ledger_free_bytes", gauge,
          "Free on the ledger's disk when it last looked.",
          [](const readings& x) { return number(x.runtime.free_bytes); }},
  reading{
    "byollm_checkpoints_healthy", gauge, "Whether checkpoints are being made.",
    [](const readings& x) { return number(x.runtime.checkpoints_healthy); }},
  reading{"byollm_anchors_healthy", gauge,
          "Whether every anchor has the checkpoints.",
          [](const readings& x) { return number(x.runtime.anchors_healthy); }},
  reading{"byollm_http_connections", gauge, "Connections to the service.",
          [](const readings& x) { return number(x.http_connections); }},
  reading{"byollm_http_requests_in_flight", gauge,
          "Requests to the service that are being answered.",
          [](const readings& x) { return number(x.http_exchanges); }},
  reading{"byollm_trace_spans_sent_total", counter,
          "Spans that the collector took.",
          [](const readings& x) { return number(x.spans_sent); }},
  reading{"byollm_trace_spans_dropped_total", counter,
          "Spans that were dropped: the queue was full, or the collector does "
          "not take them.",
          [](const readings& x) { return number(x.spans_dropped); }},
  reading{"byollm_trace_spans_waiting", gauge,
          "Spans that wait for the collector.",
          [](const readings& x) { return number(x.spans_waiting); }},
};

} // namespace

std::vector<prometheus::MetricFamily> families_of(const readings& now) {
  std::vector<prometheus::MetricFamily> made;
  made.reserve(table.size());
  for (const auto& row : table) {
    auto& family = made.emplace_back();
    family.name = row.name;
    family.help = row.help;
    family.type = row.type;
    auto& metric = family.metric.emplace_back();
    if (row.type == counter)
      metric.counter.value = row.read(now);
    else
      metric.gauge.value = row.read(now);
  }
  return made;
}

} // namespace byollm::metrics
