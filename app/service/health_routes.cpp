// SPDX-License-Identifier: Apache-2.0
#include "app/owner/json.hpp"
#include "app/service/parts.hpp"

namespace byollm::service {

void tell_live(parts&, const visit_ptr& v) {
  v->at->reply({200, "{\"live\":true}"});
}

void tell_ready(parts& of, const visit_ptr& v) {
  auto stats = of.of.stats();
  auto ready = stats.takes_calls && !of.is_stopping;
  v->at->reply({ready ? 200 : 503, owner::json_text([&](auto& to) {
                  to.StartObject();
                  owner::put_flag(to, "ready", ready);
                  to.Key("problems");
                  to.StartArray();
                  for (const auto& problem : stats.problems) {
                    to.StartObject();
                    owner::put(to, "part", problem.part);
                    owner::put(to, "code", to_string(problem.why.code));
                    owner::put(to, "message", problem.why.detail);
                    to.EndObject();
                  }
                  to.EndArray();
                  to.EndObject();
                })});
}

} // namespace byollm::service
