// SPDX-License-Identifier: Apache-2.0
// The pages, and what they ask: operations of the CLI, for who is logged in.
#include "app/owner/operations.hpp"
#include "app/pages/page_files.hpp"
#include "app/service/page_operations.hpp"
#include "app/service/parts.hpp"
#include "app/service/render.hpp"
#include "app/service/run_operation.hpp"

#include <utility>

namespace byollm::service {

namespace {

// Each piece is an event as it happens; what fails before the first one is told
// by its status.
class event_answer {
public:
  explicit event_answer(visit_ptr v) : v_(std::move(v)), at_(v_->at) {
    // nop
  }

  void take(const std::string& line, bool last) {
    constexpr std::string_view piece = "{\"delta\":";
    if (!last) {
      begin();
      at_->write(
        event("stage", std::string_view{line}.substr(
                         piece.size(), line.size() - piece.size() - 1)));
      return;
    }
    v_->seat.reset();
    auto ended = end_of(line);
    if (!ended && !has_begun_)
      return at_->reply(answer_of(ended.error()));
    begin();
    at_->write(ended ? event("result", *ended)
                     : event("error", render_error(ended.error())));
    at_->end_stream();
  }

private:
  void begin() {
    if (!std::exchange(has_begun_, true))
      at_->begin_stream({200, {}, "text/event-stream", {}});
  }

  visit_ptr v_;
  http::exchange_ptr at_;
  bool has_begun_ = false;
};

void run_as_events(parts& of, const visit_ptr& v, wiped_bytes request) {
  owner::start_operation(
    of.of, std::move(request),
    [answer = std::make_shared<event_answer>(v)](const std::string& line,
                                                 bool last) {
      answer->take(line, last);
      return flow::more;
    },
    asked_by(*v));
}

void show(const visit_ptr& v, std::string_view file) {
  if (auto shown = pages::show_file(file))
    return v->at->reply(*std::move(shown));
  v->at->reply(answer_of({errc::not_found, "there is no such file"}));
}

} // namespace

void show_page_file(parts&, const visit_ptr& v) {
  show(v, v->argument);
}

void show_login_page(parts&, const visit_ptr& v) {
  show(v, "login.html");
}

void show_settings_page(parts&, const visit_ptr& v) {
  show(v, "settings.html");
}

void show_admin_page(parts&, const visit_ptr& v) {
  show(v, "admin.html");
}

void run_page_operation(parts& of, const visit_ptr& v) {
  auto head = page_operation(v->argument, v->session.who);
  if (!head)
    return v->at->reply(answer_of(head.error()));
  if (!take_seat(of, *v))
    return;
  auto request = with_body(*head, v);
  if (v->argument == "config.test")
    return run_as_events(of, v, std::move(request));
  run_operation(of, v, std::move(request),
                [](std::string result) { return result; });
}

} // namespace byollm::service
