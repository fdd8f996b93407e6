// SPDX-License-Identifier: Apache-2.0
// The pages, and what they ask: operations of the CLI, for who is logged in.
#include "app/owner/json.hpp"
#include "app/owner/operations.hpp"
#include "app/pages/page_files.hpp"
#include "app/service/parts.hpp"
#include "app/service/render.hpp"
#include "app/service/run_operation.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace byollm::service {

namespace {

// What a route says of an operation, so that a page does not.
enum class says : uint8_t {
  nothing = 0,
  whose = 1,     ///< Whose LLM is meant.
  actor = 2,     ///< Who acts, for the ledger.
  extension = 4, ///< The same, for a test's calls.
  person = 8,    ///< Tenant and user.
};

constexpr says operator|(says one, says other) noexcept {
  return static_cast<says>(static_cast<uint8_t>(one)
                           | static_cast<uint8_t>(other));
}

constexpr bool has(says all, says one) noexcept {
  return (static_cast<uint8_t>(all) & static_cast<uint8_t>(one)) != 0;
}

struct page_operation {
  std::string_view name;
  says route_says;
};

// Of a person's own LLM, and nothing else.
constexpr std::array my_operations = {
  page_operation{"config.show", says::whose | says::person},
  page_operation{"config.set", says::whose | says::person | says::actor},
  page_operation{"config.rm", says::whose | says::person | says::actor},
  page_operation{"config.test", says::whose | says::person | says::extension},
  page_operation{"config.models", says::whose | says::person | says::extension},
  page_operation{"usage", says::person},
  page_operation{"ledger.list", says::person},
};

// An admin sets the platform's LLM, and nobody's own.
constexpr std::array admin_operations = {
  page_operation{"config.show", says::whose},
  page_operation{"config.set", says::whose | says::actor},
  page_operation{"config.rm", says::whose | says::actor},
  page_operation{"config.test", says::whose | says::extension},
  page_operation{"config.models", says::whose | says::extension},
  page_operation{"purpose.set", says::actor},
  page_operation{"purpose.list", says::nothing},
  page_operation{"policy.set", says::actor},
  page_operation{"policy.remove", says::actor},
  page_operation{"policy.list", says::nothing},
  page_operation{"price.set", says::actor},
  page_operation{"price.remove", says::actor},
  page_operation{"price.list", says::nothing},
  page_operation{"price.unknown", says::actor},
  page_operation{"origin.allow", says::actor},
  page_operation{"origin.list", says::nothing},
  page_operation{"resolve", says::nothing},
  page_operation{"ledger.list", says::nothing},
  page_operation{"ledger.verify", says::nothing},
  page_operation{"usage", says::nothing},
  page_operation{"status", says::nothing},
};

std::string actor_of(const login_identity& who) {
  return who.is_admin ? "admin:" + who.name : "user:" + who.user;
}

std::string head_of(const page_operation& what, const login_identity& who) {
  auto head = begin_operation(what.name);
  if (has(what.route_says, says::whose))
    add(head, "whose", who.is_admin ? "platform" : "user");
  if (has(what.route_says, says::person)) {
    add(head, "tenant", who.tenant);
    add(head, "user", who.user);
  }
  if (has(what.route_says, says::actor))
    add(head, "actor", actor_of(who));
  if (has(what.route_says, says::extension))
    add(head, "extension", "settings-page");
  return head;
}

// Each piece is an event as it happens; what fails before the first one is told
// by its status.
class event_answer {
public:
  explicit event_answer(http::exchange_ptr at) : at_(std::move(at)) {
    // nop
  }

  void take(const std::string& line, bool last) {
    constexpr std::string_view piece = "{\"delta\":";
    if (!last) {
      begin();
      at_->write(event("stage", std::string_view{line}.substr(
                                  piece.size(), line.size() - piece.size() - 1)));
      return;
    }
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

  http::exchange_ptr at_;
  bool has_begun_ = false;
};

void run_as_events(parts& of, const visit_ptr& v, wiped_bytes request) {
  owner::start_operation(of.of, std::move(request),
                         [answer = std::make_shared<event_answer>(v->at)](
                           const std::string& line, bool last) {
                           answer->take(line, last);
                           return flow::more;
                         });
}

void run_one_of(std::span<const page_operation> table, parts& of,
                const visit_ptr& v) {
  auto found = std::ranges::find(table, v->argument, &page_operation::name);
  if (found == table.end())
    return v->at->reply(
      answer_of({errc::not_found, "this page has no such operation"}));
  auto request = with_body(head_of(*found, v->session.who), v);
  if (found->name == "config.test")
    return run_as_events(of, v, std::move(request));
  run_operation(of, v, std::move(request),
                [](std::string result) { return result; });
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

void run_my_operation(parts& of, const visit_ptr& v) {
  run_one_of(my_operations, of, v);
}

void run_admin_operation(parts& of, const visit_ptr& v) {
  run_one_of(admin_operations, of, v);
}

} // namespace byollm::service
