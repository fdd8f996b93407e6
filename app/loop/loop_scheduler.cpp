// SPDX-License-Identifier: Apache-2.0
#include "app/loop/loop_scheduler.hpp"

#include "app/loop/loop_pool.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <caf/actor_system.hpp>
#include <caf/logger.hpp>
#include <caf/make_actor.hpp>
#include <caf/monitorable_actor.hpp>
#include <caf/scheduled_actor.hpp>

#include <deque>

namespace byollm {

namespace {

// How many jobs run before the loop looks at its sockets again.
constexpr int jobs_per_turn = 64;

// CAF wants a printer for `aout`; ours swallows, since a library prints
// nothing.
class silent_printer final : public caf::monitorable_actor {
public:
  explicit silent_printer(caf::actor_config& config)
      : caf::monitorable_actor(config) {
    // nop
  }

  void enqueue(caf::mailbox_element_ptr, caf::execution_unit*) override {
    // nop
  }
};

using job_ptr = caf::intrusive_ptr<caf::resumable>;

} // namespace

// One per loop and kind; actors keep a pointer to the unit that they run on.
class loop_scheduler::unit final : public caf::execution_unit {
public:
  unit(loop_scheduler& owner, size_t loop, bool pinned)
      : caf::execution_unit(&owner.system()),
        owner_(owner),
        loop_(loop),
        pinned_(pinned) {
    // nop
  }

  void exec_later(caf::resumable* job) override {
    owner_.post(job, *this);
  }

  // Takes over the job's reference.
  void push(caf::resumable* job) {
    if (owner_.pool_.current() != loop_) {
      boost::asio::post(
        owner_.pool_.at(loop_),
        [this, held = job_ptr{job, false}]() mutable { run(held.detach()); });
      return;
    }
    jobs_.emplace_back(job, false);
    if (!std::exchange(draining_, true))
      boost::asio::post(owner_.pool_.at(loop_), [this] { drain(); });
  }

  bool is_pinned() const noexcept {
    return pinned_;
  }

private:
  void drain() {
    for (int i = 0; i < jobs_per_turn && !jobs_.empty(); ++i) {
      auto job = std::move(jobs_.front());
      jobs_.pop_front();
      run(job.detach());
    }
    draining_ = !jobs_.empty();
    if (draining_)
      boost::asio::post(owner_.pool_.at(loop_), [this] { drain(); });
  }

  void run(caf::resumable* job) {
    switch (job->resume(this, owner_.max_throughput())) {
    case caf::resumable::resume_later:
      push(job);
      break;
    case caf::resumable::done:
    case caf::resumable::awaiting_message:
    case caf::resumable::shutdown_execution_unit:
      caf::intrusive_ptr_release(job);
      break;
    }
  }

  loop_scheduler& owner_;
  size_t loop_;
  bool pinned_;
  bool draining_ = false;
  std::deque<job_ptr> jobs_; // touched on the loop's own thread only
};

loop_scheduler::loop_scheduler(caf::actor_system& system, loop_pool& pool)
    : caf::scheduler::abstract_coordinator(system), pool_(pool), clock_(pool) {
  for (size_t i = 0; i < pool.size(); ++i) {
    pinned_.push_back(std::make_unique<unit>(*this, i, true));
    floating_.push_back(std::make_unique<unit>(*this, i, false));
  }
}

loop_scheduler::~loop_scheduler() = default;

caf::execution_unit* loop_scheduler::pinned(size_t index) {
  return pinned_[index].get();
}

bool loop_scheduler::detaches_utility_actors() const {
  return false;
}

caf::actor_clock& loop_scheduler::clock() noexcept {
  return clock_;
}

void loop_scheduler::start() {
  caf::actor_config config;
  utility_actors_[printer_id] = caf::make_actor<silent_printer, caf::actor>(
    system_.next_actor_id(), system_.node(), &system_, config);
  // A thread that ends with CAF's thread-local logger set would keep the actor
  // system from ending.
  pool_.start([] { caf::logger::set_current_actor_system(nullptr); });
}

void loop_scheduler::stop() {
  clock_.close();
  pool_.stop();
}

void loop_scheduler::enqueue(caf::resumable* job) {
  auto here = pool_.current();
  auto index = here ? *here : next_worker_++ % pool_.size();
  post(job, *floating_[index]);
}

void loop_scheduler::post(caf::resumable* job, unit& fallback) {
  auto home = home_of(job);
  if (home) {
    home->push(job);
    return;
  }
  // A pinned actor wakes a floating one: it runs here, but unpinned.
  auto here = pool_.current();
  auto& where = fallback.is_pinned() && here ? *floating_[*here] : fallback;
  where.push(job);
}

loop_scheduler::unit* loop_scheduler::home_of(caf::resumable* job) {
  if (job->subtype() != caf::resumable::scheduled_actor)
    return nullptr;
  // The actor does not run now, and whoever woke it saw the end of its last run
  // through the mailbox, so its unit may be read.
  auto last = static_cast<caf::scheduled_actor*>(job)->context();
  for (auto& each : pinned_)
    if (each.get() == last)
      return each.get();
  return nullptr;
}

} // namespace byollm
