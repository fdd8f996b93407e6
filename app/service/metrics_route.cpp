// SPDX-License-Identifier: Apache-2.0
#include "app/service/parts.hpp"
#include "app/service/render.hpp"

namespace byollm::service {

void show_metrics(parts& of, const visit_ptr& v) {
  if (!of.metrics)
    return v->at->reply(
      answer_of({errc::not_found, "nobody counts in this process"}));
  v->at->reply(metrics_answer(of.metrics()));
}

http::answer metrics_answer(std::string text) {
  return {200, std::move(text), "text/plain; version=0.0.4; charset=utf-8"};
}

} // namespace byollm::service
