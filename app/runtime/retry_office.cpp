// SPDX-License-Identifier: Apache-2.0
#include "app/runtime/retry_office.hpp"

#include "actors/retry_window.hpp"

#include <algorithm>
#include <utility>

namespace byollm {

class retry_office::budget final : public retry_budget {
public:
  explicit budget(counter denied) : denied_(std::move(denied)) {
    // nop
  }

  void called(time_point now) override {
    std::lock_guard guard{mutex_};
    window_.called(now);
  }

  retry_right take(time_point now) override {
    std::lock_guard guard{mutex_};
    auto right = window_.take(now);
    if (right != retry_right::granted)
      denied_->fetch_add(1, std::memory_order_relaxed);
    return right;
  }

  bool is_asleep(time_point now) const {
    std::lock_guard guard{mutex_};
    return window_.is_empty(now);
  }

private:
  counter denied_;
  mutable std::mutex mutex_;
  retry_window window_;
};

std::shared_ptr<retry_budget> retry_office::of(const std::string& tenant,
                                               retry_budget::time_point now) {
  std::lock_guard guard{mutex_};
  if (budgets_.size() >= sweep_at_) {
    // What only we hold, nobody else can come to hold meanwhile.
    std::erase_if(budgets_, [&](const auto& x) {
      return x.second.use_count() == 1 && x.second->is_asleep(now);
    });
    sweep_at_ = std::max<size_t>(1'024, budgets_.size() * 2);
  }
  auto& found = budgets_[tenant];
  if (!found)
    found = std::make_shared<budget>(denied_);
  return found;
}

size_t retry_office::size() const {
  std::lock_guard guard{mutex_};
  return budgets_.size();
}

} // namespace byollm
