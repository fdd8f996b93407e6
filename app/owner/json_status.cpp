// SPDX-License-Identifier: Apache-2.0
#include "app/owner/json.hpp"

namespace byollm::owner {

std::string render(const runtime_stats& stats) {
  return json_text([&](json_writer& to) {
    to.StartObject();
    put_flag(to, "healthy", stats.problems.empty());
    put_number(to, "actors", stats.actors);
    put_number(to, "in_flight", stats.in_flight);
    put_number(to, "retries_denied", stats.retries_denied);
    put_number(to, "shed_at_tenant_limit", stats.shed_at_tenant_limit);
    put_number(to, "shed_for_scarcity", stats.shed_for_scarcity);
    put_flag(to, "takes_calls", stats.takes_calls);
    put_flag(to, "ledger_healthy", stats.ledger_healthy);
    put_number(to, "ledger_records", stats.ledger_records);
    put_number(to, "ledger_open", stats.ledger_open);
    put_number(to, "ledger_signed", stats.ledger_signed);
    put(to, "checkpoint", stats.checkpoint);
    put_flag(to, "checkpoints_healthy", stats.checkpoints_healthy);
    put_number(to, "anchors", stats.anchors);
    put_flag(to, "anchors_healthy", stats.anchors_healthy);
    put_number(to, "free_bytes", stats.free_bytes);
    put(to, "problems");
    to.StartArray();
    for (const auto& [part, why] : stats.problems) {
      to.StartObject();
      put(to, "part", part);
      put(to, "code", to_string(why.code));
      put(to, "text", describe(why));
      to.EndObject();
    }
    to.EndArray();
    to.EndObject();
  });
}

} // namespace byollm::owner
