// SPDX-License-Identifier: Apache-2.0
#include "app/runtime/core.hpp"

#include "app/loop/loop_pool.hpp"
#include "app/runtime/accessor_impl.hpp"
#include "app/runtime/ids.hpp"

#include <atomic>

namespace byollm {

namespace {

using open_fn
  = std::function<void(expected<std::shared_ptr<llm_accessor::impl>>)>;

// Waits for a turn on behalf of the host.
class host_borrower final : public turn_borrower {
public:
  host_borrower(core_ptr core, const turn_request& request, open_fn done)
      : core_(std::move(core)),
        reserved_(request.place),
        trace_(sound_trace(request.trace)),
        done_(std::move(done)) {
    // nop
  }

  ~host_borrower() override {
    if (done_)
      done_(failure{errc::unavailable, "the turn's actor ended"});
  }

  void lent(turn_actor turn, uint64_t generation,
            shared<pinned_turn> pinned) override {
    auto done = std::exchange(done_, nullptr);
    auto refuse = [&](const failure& why) {
      reserved_ = nullptr;
      done(why);
    };
    auto link = std::make_shared<turn_link>(std::move(turn), generation);
    {
      std::lock_guard guard{core_->mutex};
      if (core_->system)
        core_->links.insert(link.get());
      else
        link->cut();
    }
    auto made = std::make_shared<llm_accessor::impl>();
    made->core = core_;
    made->link = std::move(link);
    made->gate = core_->gate;
    made->pinned = std::move(pinned);
    const auto& nobody = made->pinned->nobody;
    if (!made->pinned->context)
      return refuse(nobody);
    // "Nobody answers" is told by each call, so that it is in the ledger; a
    // configuration that cannot be read is told at once.
    if (nobody.code == errc::config_unavailable
        || nobody.code == errc::overloaded)
      return refuse(nobody);
    made->count = core_->gate->counter(made->pinned->context->who.tenant.str());
    if (reserved_ && !reserved_->is_of(*core_->gate, *made->count))
      return refuse(failure{errc::invalid_request,
                            "the place is another tenant's", "place"});
    made->reserved = std::move(reserved_);
    made->trace = std::move(trace_);
    done(std::move(made));
  }

private:
  core_ptr core_;
  call_place_ptr reserved_;
  trace_headers trace_;
  open_fn done_;
};

expected<shared<call_context>> checked(const turn_request& request,
                                       bool platform_only) {
  auto bad = [](const char* what) {
    return failure{
      errc::invalid_request,
      std::string{what} + " must be 1 to 128 bytes of [A-Za-z0-9._:@-]", what};
  };
  auto tenant = tenant_id::parse(request.tenant);
  if (!tenant)
    return bad("tenant");
  auto user = user_id::parse(request.user);
  if (!user)
    return bad("user");
  auto app = app_id::parse(request.extension);
  if (!app)
    return bad("extension");
  auto turn = turn_id::parse(request.id.empty() ? new_uuid() : request.id);
  if (!turn)
    return bad("id");
  if (!request.origin.function.empty() && !is_valid_id(request.origin.function))
    return bad("function");
  return shared<call_context>{
    new call_context{{*std::move(tenant), *std::move(user), *std::move(app)},
                     *std::move(turn),
                     request.origin,
                     platform_only}};
}

} // namespace

turn_link::turn_link(turn_actor to, uint64_t generation)
    : to_(std::move(to)), generation_(generation) {
  // nop
}

turn_link::~turn_link() {
  end();
}

bool turn_link::with(
  const std::function<void(const turn_actor&, uint64_t)>& use) {
  std::lock_guard guard{mutex_};
  if (!to_)
    return false;
  use(to_, generation_);
  return true;
}

bool turn_link::call(const shared<call_order>& order) {
  return with([&](const turn_actor& to, uint64_t generation) {
    caf::anon_send(to, atom::call_v, generation, order);
  });
}

bool turn_link::cancel(const std::string& call) {
  return with([&](const turn_actor& to, uint64_t generation) {
    caf::anon_send(to, atom::cancel_v, generation, call);
  });
}

bool turn_link::cancel_all(const char* why) {
  return with([why](const turn_actor& to, uint64_t generation) {
    caf::anon_send(
      to, atom::cancel_v, generation,
      std::make_shared<const failure>(failure{errc::cancelled, why}));
  });
}

bool turn_link::end() {
  auto told = with([](const turn_actor& to, uint64_t generation) {
    caf::anon_send(to, atom::end_turn_v, generation);
  });
  cut();
  return told;
}

void turn_link::cut() {
  std::lock_guard guard{mutex_};
  to_ = nullptr;
}

void runtime_core::log(log_level level, std::string_view text,
                       const log_fields& fields) const {
  if (options.log)
    options.log(level, text, fields);
}

void open_turn_impl(const core_ptr& core, const turn_request& request,
                    open_fn done, bool platform_only) {
  auto context = checked(request, platform_only);
  if (!context)
    return done(context.error());
  turn_desk_actor desk;
  {
    std::lock_guard guard{core->mutex};
    if (core->system && !core->gate->is_closed()) {
      // A turn stays on the loop that asked for it.
      auto here = core->pool->current();
      auto index = here ? *here : core->next_desk++ % core->desks.size();
      desk = core->desks[index];
    }
  }
  if (!desk)
    return done(failure{errc::stopping, "the runtime is stopping"});
  caf::anon_send(desk, atom::begin_turn_v, *context,
                 turn_borrower_ptr{std::make_shared<host_borrower>(
                   core, request, std::move(done))});
}

} // namespace byollm
