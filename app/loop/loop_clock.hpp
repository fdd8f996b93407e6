// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <caf/detail/simple_actor_clock.hpp>

#include <memory>
#include <mutex>

namespace byollm {

class loop_pool;

/// CAF's clock on an Asio timer of the first loop. Our actors use
/// `alarm_clock`; this serves what CAF itself schedules. Thread-safe. No timer
/// runs while nothing is scheduled.
class loop_clock final : public caf::detail::simple_actor_clock {
public:
  explicit loop_clock(loop_pool& pool);
  ~loop_clock() override;

  void set_ordinary_timeout(time_point when, caf::abstract_actor* self,
                            caf::atom_value type, uint64_t id) override;
  void set_multi_timeout(time_point when, caf::abstract_actor* self,
                         caf::atom_value type, uint64_t id) override;
  void set_request_timeout(time_point when, caf::abstract_actor* self,
                           caf::message_id id) override;
  void cancel_ordinary_timeout(caf::abstract_actor* self,
                               caf::atom_value type) override;
  void cancel_request_timeout(caf::abstract_actor* self,
                              caf::message_id id) override;
  void cancel_timeouts(caf::abstract_actor* self) override;
  void schedule_message(time_point when, caf::strong_actor_ptr receiver,
                        caf::mailbox_element_ptr content) override;
  void schedule_message(time_point when, caf::group target,
                        caf::strong_actor_ptr sender,
                        caf::message content) override;
  void cancel_all() override;

  /// Gives up the timer; nothing is scheduled any more.
  void close();

private:
  using base = caf::detail::simple_actor_clock;
  struct alarm;

  void arm();
  void ring();

  std::recursive_mutex mutex_; // delivering may schedule again
  loop_pool& pool_;
  std::shared_ptr<alarm> alarm_;
};

} // namespace byollm
