// SPDX-License-Identifier: Apache-2.0
#include "app/byollm.hpp"

#include "app/loop/runtime_thread.hpp"
#include "app/runtime/access_impl.hpp"
#include "app/runtime/accessor_impl.hpp"
#include "app/runtime/admin_impl.hpp"
#include "app/runtime/runtime_impl.hpp"
#include "app/runtime/settle.hpp"
#include "messages/ports/thread_log.hpp"

#include <future>

namespace byollm {

bool on_runtime_thread() noexcept {
  return runtime_thread::is_here();
}

void callback_threw() noexcept {
  log_host_threw("callback or coroutine");
}

runtime::runtime(std::shared_ptr<impl> self) : impl_(std::move(self)) {
  // nop
}

runtime::~runtime() = default;

expected<std::unique_ptr<runtime>> runtime::start(runtime_options options) {
  auto made = impl::make(std::move(options));
  if (!made)
    return made.error();
  std::unique_ptr<runtime> self{
    new runtime{std::shared_ptr<impl>{made->release(), impl::end}}};
  if (auto served = self->impl_->start_owner(); !served)
    return served.error();
  return self;
}

pending<context> runtime::open_turn(turn_request request) const {
  auto [state, made] = make_pending<context>();
  open_turn_impl(
    impl_->core, request,
    [state = state](expected<std::shared_ptr<llm_accessor::impl>> opened) {
      if (opened)
        state->settle(context{*std::move(opened)});
      else
        state->settle(opened.error());
    });
  return made;
}

admin_accessor runtime::admin() const {
  auto made = std::make_shared<admin_accessor::impl>();
  made->core = impl_->core;
  return admin_accessor{std::move(made)};
}

access_accessor runtime::access() const {
  auto made = std::make_shared<access_accessor::impl>();
  made->core = impl_->core;
  made->book = impl_->core->access;
  made->logins = impl_->core->logins;
  return access_accessor{std::move(made)};
}

namespace {

void add_gauges(runtime_stats& to, const runtime_gauges& from) {
  auto read = [](const std::atomic<int64_t>& of) {
    return static_cast<uint64_t>(of.load(std::memory_order_relaxed));
  };
  to.breakers_open = read(from.breakers_open);
  to.attempts_running = read(from.attempts_running);
  to.attempts_queued = read(from.attempts_queued);
  to.connections_idle = read(from.connections_idle);
  to.ledger_waiting = read(from.ledger_waiting);
}

} // namespace

namespace {

status let_in(runtime_core& core, admission::verdict how,
              admission::tenant* whose) {
  auto now = std::chrono::steady_clock::now();
  if (how == admission::verdict::in
      || (whose && shedding::is_row_due(*whose, now)))
    return unit{};
  if (whose)
    whose->untold.fetch_add(1);
  auto told = core.sheds.refuse(how);
  if (core.options.watch)
    core.options.watch->turned_away(told);
  return told;
}

} // namespace

status runtime::has_room_for(const std::string& tenant) const {
  auto [how, whose] = impl_->core->gate->look(tenant);
  return let_in(*impl_->core, how, whose.get());
}

expected<call_place_ptr> runtime::take_place(const std::string& tenant) const {
  const auto& gate = impl_->core->gate;
  auto whose = gate->counter(tenant);
  auto how = gate->enter(*whose);
  if (how == admission::verdict::in) {
    admission::place taken{gate, whose};
    return std::make_shared<call_place>(gate, std::move(whose),
                                        std::move(taken));
  }
  auto may = let_in(*impl_->core, how,
                    how == admission::verdict::closed ? nullptr : whose.get());
  return may ? expected<call_place_ptr>{nullptr} : may.error();
}

runtime_stats runtime::stats() const {
  runtime_stats out;
  auto is_well = [&out](const char* part, const status& is) {
    if (!is)
      out.problems.push_back({part, is.error()});
    return is.has_value();
  };
  out.in_flight = impl_->core->gate->in_flight();
  out.retries_denied = impl_->core->retries.denied();
  add_gauges(out, *impl_->core->gauges);
  out.shed_at_tenant_limit = impl_->core->sheds.at_own_limit();
  out.shed_for_scarcity = impl_->core->sheds.for_scarcity();
  std::lock_guard guard{impl_->core->mutex};
  if (!impl_->core->system || impl_->core->gate->is_closed())
    out.takes_calls
      = is_well("calls", failure{errc::stopping, "the runtime is stopping"});
  if (!impl_->core->system)
    return out;
  out.actors = impl_->system->registry().running();
  out.ledger_healthy = is_well("ledger", impl_->data->health());
  out.takes_calls = out.takes_calls && out.ledger_healthy;
  auto counts = impl_->data->counts();
  out.ledger_records = counts.records;
  out.ledger_open = counts.open_intents;
  out.free_bytes = counts.free_bytes;
  auto seals = impl_->data->seals();
  out.ledger_signed = seals.signed_records;
  out.checkpoint = std::move(seals.newest);
  out.anchors = seals.places;
  out.checkpoints_healthy = is_well("checkpoints", seals.sealing);
  out.anchors_healthy = is_well("anchors", seals.anchors);
  return out;
}

expected<bool> runtime::stop(std::chrono::milliseconds deadline) {
  return impl_->stop(deadline);
}

} // namespace byollm
