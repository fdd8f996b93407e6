// SPDX-License-Identifier: Apache-2.0
#include "app/runtime/later.hpp"

#include "app/loop/loop_pool.hpp"
#include "app/runtime/side_thread.hpp"

#include <mutex>
#include <optional>
#include <utility>

namespace byollm {

/// Held by its clock alone, so that a clock that ends lets it tell.
struct later::alarm {
  explicit alarm(std::function<void(bool)> to) : ring(std::move(to)) {
    // nop
  }

  alarm(const alarm&) = delete;
  alarm& operator=(const alarm&) = delete;

  ~alarm() {
    tell(false);
  }

  void tell(bool is_time) {
    if (auto told = take())
      told(is_time);
  }

  std::function<void(bool)> take() {
    std::lock_guard guard{mutex};
    return std::exchange(ring, nullptr);
  }

  std::mutex mutex;
  std::function<void(bool)> ring;
  /// Thread: the loop's.
  std::optional<alarm_clock::alarm_id> id;
};

later::later(std::weak_ptr<runtime_core> core, size_t loop,
             std::weak_ptr<alarm> what)
    : core_(std::move(core)), loop_(loop), what_(std::move(what)) {
  // nop
}

later::~later() {
  cancel();
}

std::shared_ptr<later> later::after(const core_ptr& core,
                                    std::chrono::milliseconds delay,
                                    std::function<void(bool)> ring) {
  auto what = std::make_shared<alarm>(std::move(ring));
  auto when = std::chrono::steady_clock::now() + delay;
  size_t loop = 0;
  if (core) {
    std::lock_guard guard{core->mutex};
    // Posted before the clocks are taken from the core, it runs before they
    // are destroyed on their loops.
    if (core->system) {
      loop = core->pool->current().value_or(0);
      core->pool->post(loop, [what, when, clock = core->clocks[loop]] {
        what->id = clock->set(when, [what] { what->tell(true); });
      });
    }
  }
  return std::make_shared<later>(core, loop, what);
}

namespace {

// Leaves `task` alone if there is no loop any more.
bool post(const core_ptr& core, std::function<void()>& task) {
  if (!core)
    return false;
  std::lock_guard guard{core->mutex};
  if (!core->system)
    return false;
  core->pool->post(core->pool->current().value_or(0), std::move(task));
  return true;
}

} // namespace

void soon(const core_ptr& core, std::function<void()> task) {
  if (!post(core, task))
    task();
}

void apart(const core_ptr& core, std::function<void()> task) {
  if (post(core, task) || loop_pool::post_here(task))
    return;
  // Where the system has no thread, an answer inside is better than none.
  if (!side_thread::of_answers().run(task))
    task();
}

void later::cancel() {
  auto what = what_.lock();
  // Who takes it back is told nothing any more.
  if (!what || !what->take())
    return;
  auto core = core_.lock();
  if (!core)
    return;
  std::lock_guard guard{core->mutex};
  if (core->system)
    core->pool->post(loop_, [what, clock = core->clocks[loop_]] {
      if (what->id)
        clock->cancel(*what->id);
    });
}

} // namespace byollm
