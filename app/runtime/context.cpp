// SPDX-License-Identifier: Apache-2.0
// What an extension's code holds: context, llm_accessor, call.
#include "app/loop/loop_pool.hpp"
#include "app/runtime/accessor_impl.hpp"
#include "app/runtime/ids.hpp"
#include "app/runtime/later.hpp"
#include "app/runtime/settle.hpp"
#include "app/store/store.hpp"
#include "messages/calendar.hpp"
#include "messages/limits.hpp"

#include <algorithm>

namespace byollm {

shared<call_order> make_order(call_wish wish, std::shared_ptr<caller_port> to) {
  auto& request = wish.request;
  auto made = std::make_shared<call_order>();
  auto longest = std::chrono::milliseconds{limits::call_timeout_max};
  auto timeout = std::clamp(
    request.timeout.value_or(std::chrono::milliseconds{limits::call_timeout}),
    std::chrono::milliseconds{0}, longest);
  made->call = is_valid_id(request.id) ? request.id : new_uuid();
  made->received_unix_ms = unix_ms_now();
  made->deadline_unix_ms = made->received_unix_ms + timeout.count();
  made->deadline = std::chrono::steady_clock::now() + timeout;
  made->request
    = std::make_shared<const create_message_request>(std::move(request));
  made->stream = wish.stream;
  made->kind = wish.kind;
  made->embed = std::move(wish.embed);
  made->single = wish.single;
  made->to = std::move(to);
  return made;
}

namespace {

failure stopping() {
  return {errc::stopping, "the runtime is stopping"};
}

void refuse(const core_ptr& core, const shared<call_order>& order) {
  apart(core, [to = order->to] { to->on_reply(stopping()); });
}

} // namespace

// -- llm_accessor -------------------------------------------------------------

llm_accessor::impl::~impl() {
  if (!link)
    return;
  if (auto alive = core.lock()) {
    std::lock_guard guard{alive->mutex};
    alive->links.erase(link.get());
  }
}

byollm::call llm_accessor::impl::start(call_wish wish, stream_callbacks to) {
  call_start here{core};
  const auto& request = wish.request;
  auto started = std::make_shared<byollm::call::impl>();
  started->id = request.id;
  auto place = reserved ? reserved->use() : std::nullopt;
  // A place that was taken before the runtime began to stop starts nothing.
  auto how = !place              ? gate->enter(*count)
             : gate->is_closed() ? admission::verdict::closed
                                 : admission::verdict::in;
  auto turn_away = [&](failure why) {
    place.reset();
    turned_away(why);
    refuse(core.lock(), std::move(to), std::move(why));
    return byollm::call{started};
  };
  if (how != admission::verdict::in) {
    place.reset();
    shed(how, std::move(to));
    return byollm::call{started};
  }
  if (!place)
    place.emplace(gate, count);
  std::optional<named_calls::name> name;
  auto is_named = !request.id_is_new && is_valid_id(request.id);
  if (is_named) {
    auto alive = core.lock();
    if (!alive)
      return turn_away(stopping());
    const auto& tenant = pinned->context->who.tenant.str();
    name = alive->named->claim(tenant, request.id);
    if (!name)
      return turn_away({errc::call_conflict, "a call with this id is running"});
  }
  if (!is_valid_id(request.id))
    wish.request.id = new_uuid();
  if (!trace.parent.empty() && trace_of(request).parent.empty())
    wish.request.trace = trace;
  auto caller = std::make_shared<host_caller>(
    request.id, std::move(to), *std::move(place), std::move(name));
  auto order = make_order(std::move(wish), caller);
  caller->ends_by([to = std::weak_ptr{link}, id = order->call] {
    if (auto live = to.lock())
      live->cancel(id);
  });
  started->id = order->call;
  started->link = link;
  started->caller = caller;
  if (is_named)
    send_if_new(order, caller);
  else
    send(order);
  return byollm::call{started};
}

// What never reached the ledger.
void llm_accessor::impl::turned_away(const failure& why) const {
  if (auto alive = core.lock(); alive && alive->options.watch)
    alive->options.watch->turned_away(why);
}

void llm_accessor::impl::shed(admission::verdict why,
                              stream_callbacks to) const {
  auto alive = core.lock();
  auto told = alive ? alive->sheds.refuse(why) : stopping();
  auto before = told.code == errc::overloaded
                  ? shedding::take_row(*count, std::chrono::steady_clock::now())
                  : std::nullopt;
  if (!before) {
    turned_away(told);
    return refuse(alive, std::move(to), std::move(told));
  }
  auto number = std::to_string(*before);
  alive->log(log_level::warning, "calls are refused: too many in flight",
             {{"tenant", pinned->context->who.tenant.str()},
              {"why", told.detail},
              {"refused_before", number}});
  auto row = told;
  row.detail += "; so were " + number + " before it that have no row";
  reject(std::move(row))
    .then([core = core, to = std::move(to), told](const expected<unit>& done) {
      refuse(core.lock(), to, done ? told : done.error());
    });
}

pending<unit> llm_accessor::impl::reject(failure why) const {
  auto [state, made] = make_pending<unit>();
  auto record = std::make_shared<refusal_record>();
  record->context = pinned->context;
  record->call = new_uuid();
  record->status = why.code == errc::validation_rejected
                     ? call_status::validation_rejected
                     : call_status::refused;
  record->why = std::move(why);
  record->received_unix_ms = unix_ms_now();
  auto alive = core.lock();
  if (!alive)
    return settled<unit>(stopping());
  std::lock_guard guard{alive->mutex};
  if (!alive->system)
    return settled<unit>(stopping());
  ask<answer<unit>>(
    *alive->system, alive->ledger,
    [state = state](const answer<unit>* done) {
      if (done)
        state->settle(**done);
      else
        state->settle(
          failure{errc::audit_unavailable, "the ledger's actor ended"});
    },
    atom::refusal_v, shared<refusal_record>{std::move(record)});
  return made;
}

void llm_accessor::impl::send(const shared<call_order>& order) {
  if (!link->call(order))
    refuse(core.lock(), order);
}

// A name that is in the ledger had its call: asking again could pay twice.
void llm_accessor::impl::send_if_new(
  const shared<call_order>& order, const std::shared_ptr<host_caller>& caller) {
  auto alive = core.lock();
  if (!alive)
    return refuse(alive, order);
  auto found = [to = link, order, caller,
                alive](expected<ledger_reader::past_call> past) {
    auto go_on = [to, order, caller, alive, past = std::move(past)] {
      if (!past)
        return order->to->on_reply(past.error());
      if (past->known) {
        failure why{errc::duplicate_call,
                    past->status ? "the call ended as "
                                     + std::string{to_string(*past->status)}
                                 : "the call's outcome is not known"};
        if (alive->options.watch)
          alive->options.watch->turned_away(why);
        return order->to->on_reply(std::move(why));
      }
      if (caller->is_cancelled())
        return caller->on_reply(
          failure{errc::cancelled, "the caller cancelled"});
      if (!to->call(order))
        return caller->on_reply(stopping());
      // A cancel that came before the call met nobody there.
      if (caller->is_cancelled())
        to->cancel(order->call);
    };
    alive->pool->post(0, std::move(go_on));
  };
  std::unique_lock guard{alive->mutex};
  if (alive->system)
    return static_cast<ledger_reader*>(alive->store)
      ->find_call(pinned->context->who.tenant.str(), order->call,
                  std::move(found));
  guard.unlock();
  refuse(alive, order);
}

const std::string& llm_accessor::provider() const noexcept {
  return impl_->pinned->provider;
}

const std::string& llm_accessor::model() const noexcept {
  return impl_->pinned->model;
}

bool llm_accessor::is_byollm() const noexcept {
  return impl_->pinned->is_byollm;
}

bool llm_accessor::may_name_model() const noexcept {
  const auto& on = impl_->pinned->on;
  return on && on->platform && on->platform->caller_may_name_model;
}

pending<message_reply>
llm_accessor::create_message(create_message_request request) const {
  auto [settle, answer] = make_pending<message_reply>();
  // The turn lives until the answer is here, even if its context is dropped.
  impl_->start({std::move(request)},
               {nullptr, [settle = settle, keep = impl_](auto reply) {
                  settle->settle(std::move(reply));
                }});
  return answer;
}

call llm_accessor::create_message(
  create_message_request request,
  std::function<void(expected<message_reply>)> done) const {
  return impl_->start({std::move(request)},
                      {nullptr, [done = std::move(done), keep = impl_](
                                  auto reply) { done(std::move(reply)); }});
}

call llm_accessor::stream(create_message_request request,
                          stream_callbacks to) const {
  to.on_done = [done = std::move(to.on_done), keep = impl_](auto reply) {
    if (done)
      done(std::move(reply));
  };
  return impl_->start({std::move(request), true}, std::move(to));
}

pending<message_reply>
llm_accessor::count_tokens(create_message_request request) const {
  auto [settle, answer] = make_pending<message_reply>();
  count_tokens(std::move(request),
               [settle = settle](expected<message_reply> reply) {
                 settle->settle(std::move(reply));
               });
  return answer;
}

call llm_accessor::count_tokens(
  create_message_request request,
  std::function<void(expected<message_reply>)> done) const {
  return impl_->start({std::move(request), false, call_kind::count},
                      {nullptr, [done = std::move(done), keep = impl_](
                                  auto reply) { done(std::move(reply)); }});
}

pending<message_reply> llm_accessor::embed(embed_request request) const {
  auto [settle, answer] = make_pending<message_reply>();
  embed(std::move(request), [settle = settle](expected<message_reply> reply) {
    settle->settle(std::move(reply));
  });
  return answer;
}

call llm_accessor::embed(
  embed_request request,
  std::function<void(expected<message_reply>)> done) const {
  call_wish wish;
  wish.kind = call_kind::embeddings;
  wish.embed
    = std::make_shared<const embedding_input>(std::move(request.input));
  wish.request.purpose = std::move(request.purpose);
  wish.request.metadata = std::move(request.metadata);
  wish.request.timeout = request.timeout;
  wish.request.model = std::move(request.model);
  wish.request.id = std::move(request.id);
  wish.request.id_is_new = request.id_is_new;
  wish.request.trace = std::move(request.trace);
  return impl_->start(std::move(wish),
                      {nullptr, [done = std::move(done), keep = impl_](
                                  auto reply) { done(std::move(reply)); }});
}

// -- context ------------------------------------------------------------------

llm_accessor context::llm() const {
  return llm_accessor{impl_};
}

const identity& context::who() const noexcept {
  return impl_->pinned->context->who;
}

const std::string& context::turn() const noexcept {
  return impl_->pinned->context->turn.str();
}

const trace_headers& context::trace() const noexcept {
  return impl_->trace;
}

pending<unit> context::reject(failure why) const {
  return impl_->reject(std::move(why));
}

void context::log(log_level level, std::string_view text,
                  log_fields fields) const {
  auto core = impl_->core.lock();
  if (!core)
    return;
  const auto& by = who();
  fields.insert(fields.end(), {{"tenant", by.tenant.str()},
                               {"user", by.user.str()},
                               {"extension", by.app.str()},
                               {"turn", turn()}});
  core->log(level, text, fields);
}

// -- call ---------------------------------------------------------------------

void call::cancel() const {
  if (auto caller = impl_->caller.lock())
    caller->cancel();
  if (auto link = impl_->link.lock())
    link->cancel(impl_->id);
}

void call::resume() const {
  if (auto caller = impl_->caller.lock())
    caller->resume();
}

const std::string& call::id() const noexcept {
  return impl_->id;
}

} // namespace byollm
