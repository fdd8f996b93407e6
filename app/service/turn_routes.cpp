// SPDX-License-Identifier: Apache-2.0
// What a host asks: to run an extension's function in a chat turn.
#include "app/owner/fields.hpp"
#include "app/owner/grant.hpp"
#include "app/owner/json.hpp"
#include "app/service/asking.hpp"
#include "app/service/parts.hpp"
#include "app/service/read_call.hpp"
#include "app/service/render.hpp"
#include "messages/limits.hpp"

#include <algorithm>

namespace byollm::service {

namespace {

using std::chrono::milliseconds;

struct asked_turn {
  turn_request request = {};
  rapidjson::Document arguments = {};
  /// What the user said, if the host tells.
  std::optional<std::string> message = {};
  bool confirmed = false;
  milliseconds timeout{limits::invocation_timeout};
};

expected<std::shared_ptr<asked_turn>> read_turn(const rapidjson::Value& body) {
  owner::fields in{body};
  auto made = std::make_shared<asked_turn>();
  auto& to = made->request;
  to.tenant = in.text("tenant");
  to.user = in.text("user");
  to.extension = in.text("extension");
  to.id = in.text_or("turn", "");
  to.origin.function = in.text("function");
  to.origin.source = owner::read_source(in);
  made->message = in.maybe_text("message");
  made->confirmed = in.flag("confirmed");
  if (auto given = in.number("timeout_ms"))
    made->timeout = std::clamp(
      milliseconds{static_cast<int64_t>(std::min<uint64_t>(*given, 1u << 30))},
      milliseconds{1}, milliseconds{limits::invocation_timeout_max});
  made->arguments.SetObject();
  if (auto arguments = in.find("arguments")) {
    if (!arguments->IsObject())
      in.refuse("arguments", "arguments are an object");
    else
      made->arguments.CopyFrom(*arguments, made->arguments.GetAllocator());
  }
  if (auto problem = in.problem())
    return *problem;
  return made;
}

// For the worker's own requests and spans.
void put_trace(owner::json_writer& to, const trace_headers& trace) {
  if (!trace.parent.empty())
    owner::put(to, "traceparent", trace.parent);
  if (!trace.state.empty())
    owner::put(to, "tracestate", trace.state);
}

std::string render_event(const std::string& id, const asked_turn& asked,
                         const context& at, const call_token& token,
                         int64_t deadline_unix_ms) {
  auto llm = at.llm();
  return owner::json_text([&](owner::json_writer& to) {
    to.StartObject();
    owner::put(to, "invocation", id);
    owner::put(to, "function", asked.request.origin.function);
    to.Key("arguments");
    asked.arguments.Accept(to);
    if (asked.message)
      owner::put(to, "message", *asked.message);
    owner::put(to, "token", token.text);
    owner::put(to, "turn", at.turn());
    owner::put(to, "tenant", asked.request.tenant);
    owner::put(to, "user", asked.request.user);
    owner::put(to, "provider", llm.provider());
    owner::put(to, "model", llm.model());
    owner::put_flag(to, "is_byollm", llm.is_byollm());
    put_trace(to, at.trace());
    to.Key("deadline_unix_ms");
    to.Int64(deadline_unix_ms);
    to.EndObject();
  });
}

std::string render_result(const asked_turn& asked, const context& at,
                          const std::string& result) {
  return owner::json_text([&](owner::json_writer& to) {
    to.StartObject();
    to.Key("result");
    to.RawValue(result.data(), result.size(), rapidjson::kObjectType);
    owner::put(to, "turn", at.turn());
    owner::put(to, "function", asked.request.origin.function);
    owner::put(to, "action_type", to_string(asked.request.origin.action));
    to.EndObject();
  });
}

// One function's run in one chat turn.
class turn_run : public std::enable_shared_from_this<turn_run> {
public:
  turn_run(parts& of, http::exchange_ptr at, std::shared_ptr<asked_turn> asked)
      : of_(of),
        at_(std::move(at)),
        asked_(std::move(asked)),
        id_(of.new_id()) {
    // nop
  }

  void start(offered_function function) {
    asked_->request.origin.action = function.action;
    open([this, function = std::move(function)] { check(function); });
  }

  /// There is no such function; also that is in the ledger.
  void refuse(failure why) {
    open([this, why = std::move(why)] { reject(why); });
  }

private:
  void open(std::function<void()> then) {
    of_.of.open_turn(asked_->request)
      .then([self = shared_from_this(),
             then = std::move(then)](expected<context> opened) {
        if (!opened)
          return self->at_->reply(answer_of(opened.error()));
        self->turn_.emplace(*std::move(opened));
        note_whose(*self->at_, self->asked_->request);
        self->at_->note("turn", self->turn_->turn());
        then();
      });
  }

  void check(const offered_function& function) {
    if (auto valid = function.parameters->check(asked_->arguments); !valid)
      return reject(valid.error());
    if (function.action == action_type::destructive && !asked_->confirmed)
      return reject({errc::confirmation_required,
                     "the function is destructive; the turn must confirm it",
                     "confirmed"});
    auto token = mint();
    if (!token)
      return at_->reply(answer_of(token.error()));
    if (auto kept = of_.turns.keep(token->grant, *turn_); !kept)
      return at_->reply(answer_of(kept.error()));
    token_ = token->grant;
    invoke(*token, function);
  }

  // The function does not run; that is in the ledger before it is told.
  void reject(const failure& why) {
    turn_->reject(why).then(
      [self = shared_from_this(), why](const expected<unit>& done) {
        self->at_->reply(answer_of(done ? why : done.error()));
      });
  }

  expected<call_token> mint() const {
    call_grant grant;
    grant.tenant = asked_->request.tenant;
    grant.user = asked_->request.user;
    grant.extension = asked_->request.extension;
    grant.turn = turn_->turn();
    grant.origin = asked_->request.origin;
    grant.is_for_open_turn = true;
    auto ttl
      = std::min(asked_->timeout, milliseconds{limits::call_token_ttl_max});
    return of_.of.access().mint(std::move(grant), ttl);
  }

  void invoke(const call_token& token, const offered_function& function) {
    const auto& request = asked_->request;
    invocation made{
      id_, request.extension, function,
      render_event(id_, *asked_, *turn_, token, token.grant.expires_unix_ms),
      [self = shared_from_this()](const expected<std::string>& result) {
        self->ended(result);
      }};
    if (made.event_json.size() > limits::stream_event_bytes_max) {
      end_token();
      return reject({errc::limit_exceeded,
                     "arguments and message have more than 8 MiB",
                     "arguments"});
    }
    auto begun = of_.hands.invoke(std::move(made));
    if (!begun)
      return ended(begun.error());
    at_->on_gone([self = shared_from_this()] {
      self->of_.hands.cancel(self->id_, {errc::cancelled, "the host is gone"});
    });
    set_alarm();
  }

  void set_alarm() {
    auto alarm = of_.after(asked_->timeout, [self = shared_from_this()] {
      self->of_.hands.cancel(self->id_, {errc::deadline_exceeded,
                                         "the function did not end in time"});
    });
    std::unique_lock guard{mutex_};
    if (!has_ended_) {
      alarm_ = std::move(alarm);
      return;
    }
    guard.unlock();
    alarm();
  }

  void ended(const expected<std::string>& result) {
    std::function<void()> alarm;
    {
      std::lock_guard guard{mutex_};
      has_ended_ = true;
      alarm = std::exchange(alarm_, nullptr);
    }
    if (alarm)
      alarm();
    if (result)
      at_->reply({200, render_result(*asked_, *turn_, *result)});
    else
      at_->reply(answer_of(result.error()));
    end_token();
  }

  void end_token() {
    // Never refused for the token of an open turn.
    static_cast<void>(of_.turns.end(token_));
  }

  parts& of_;
  http::exchange_ptr at_;
  std::shared_ptr<asked_turn> asked_;
  const std::string id_;
  call_grant token_;
  std::optional<context> turn_;
  std::mutex mutex_;
  bool has_ended_ = false;
  std::function<void()> alarm_; // takes it back
};

} // namespace

void run_turn(parts& of, const visit_ptr& v) {
  auto asked = read_turn(v->body);
  if (!asked)
    return v->at->reply(answer_of(asked.error()));
  (*asked)->request.trace = v->trace;
  const auto& request = (*asked)->request;
  auto function = of.hands.find(request.extension, request.origin.function);
  auto run = std::make_shared<turn_run>(of, v->at, *asked);
  if (function)
    run->start(*std::move(function));
  else
    run->refuse(function.error());
}

void list_extensions(parts& of, const visit_ptr& v) {
  v->at->reply({200, of.hands.listing()});
}

void mint_token(parts& of, const visit_ptr& v) {
  owner::fields in{v->body};
  auto asked = owner::read_grant(in);
  if (auto problem = in.problem())
    return v->at->reply(answer_of(*problem));
  auto made = of.of.access().mint(std::move(asked.grant), asked.ttl);
  if (made)
    v->at->reply({200, owner::render(*made)});
  else
    v->at->reply(answer_of(made.error()));
}

} // namespace byollm::service
