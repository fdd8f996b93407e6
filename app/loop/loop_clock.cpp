// SPDX-License-Identifier: Apache-2.0
#include "app/loop/loop_clock.hpp"

#include "app/loop/loop_pool.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

namespace byollm {

struct loop_clock::alarm {
  explicit alarm(boost::asio::io_context& io) : timer(io) {
    // nop
  }

  boost::asio::steady_timer timer; // on the first loop's thread only
};

loop_clock::loop_clock(loop_pool& pool)
    : pool_(pool), alarm_(std::make_shared<alarm>(pool.at(0))) {
  // nop
}

loop_clock::~loop_clock() = default;

void loop_clock::arm() {
  if (schedule().empty() || !alarm_)
    return;
  auto when = schedule().begin()->first;
  pool_.post(0, [this, when, held = alarm_] {
    held->timer.expires_at(when);
    held->timer.async_wait([this, held](boost::system::error_code failed) {
      if (!failed)
        ring();
    });
  });
}

void loop_clock::ring() {
  std::lock_guard guard{mutex_};
  trigger_expired_timeouts();
  arm();
}

void loop_clock::set_ordinary_timeout(time_point when,
                                      caf::abstract_actor* self,
                                      caf::atom_value type, uint64_t id) {
  std::lock_guard guard{mutex_};
  base::set_ordinary_timeout(when, self, type, id);
  arm();
}

void loop_clock::set_multi_timeout(time_point when, caf::abstract_actor* self,
                                   caf::atom_value type, uint64_t id) {
  std::lock_guard guard{mutex_};
  base::set_multi_timeout(when, self, type, id);
  arm();
}

void loop_clock::set_request_timeout(time_point when, caf::abstract_actor* self,
                                     caf::message_id id) {
  std::lock_guard guard{mutex_};
  base::set_request_timeout(when, self, id);
  arm();
}

void loop_clock::cancel_ordinary_timeout(caf::abstract_actor* self,
                                         caf::atom_value type) {
  std::lock_guard guard{mutex_};
  base::cancel_ordinary_timeout(self, type);
}

void loop_clock::cancel_request_timeout(caf::abstract_actor* self,
                                        caf::message_id id) {
  std::lock_guard guard{mutex_};
  base::cancel_request_timeout(self, id);
}

void loop_clock::cancel_timeouts(caf::abstract_actor* self) {
  std::lock_guard guard{mutex_};
  base::cancel_timeouts(self);
}

void loop_clock::schedule_message(time_point when,
                                  caf::strong_actor_ptr receiver,
                                  caf::mailbox_element_ptr content) {
  std::lock_guard guard{mutex_};
  base::schedule_message(when, std::move(receiver), std::move(content));
  arm();
}

void loop_clock::schedule_message(time_point when, caf::group target,
                                  caf::strong_actor_ptr sender,
                                  caf::message content) {
  std::lock_guard guard{mutex_};
  base::schedule_message(when, std::move(target), std::move(sender),
                         std::move(content));
  arm();
}

void loop_clock::cancel_all() {
  std::lock_guard guard{mutex_};
  base::cancel_all();
}

void loop_clock::close() {
  std::lock_guard guard{mutex_};
  base::cancel_all();
  // Cancelled and destroyed on its own loop, before that loop is gone.
  pool_.post(0, [held = std::exchange(alarm_, nullptr)] {
    if (held)
      held->timer.cancel();
  });
}

} // namespace byollm
