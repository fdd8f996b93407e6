// SPDX-License-Identifier: Apache-2.0
#include "app/store/telling.hpp"

#include <vector>

namespace byollm {

namespace {

class guarded_sink final : public audit_sink {
public:
  using take_fn = std::function<void(const ledger_row&)>;

  explicit guarded_sink(take_fn take) : take_(std::move(take)) {
    // nop
  }

  void committed(const ledger_row& row) noexcept override {
    take_(row);
  }

private:
  take_fn take_;
};

} // namespace

std::shared_ptr<audit_sink> telling::guarded(std::shared_ptr<audit_sink> sink) {
  if (!sink)
    return nullptr;
  guarded_sink::take_fn take
    = [sink = std::move(sink)](const ledger_row& row) { sink->committed(row); };
  return std::make_shared<guarded_sink>(guarded(std::move(take)));
}

void telling::abandon() {
  std::unique_lock guard{mutex_};
  left_.wait(guard, [this] { return inside_ == 0; });
  abandoned_ = true;
}

bool telling::enter() {
  std::lock_guard guard{mutex_};
  inside_ += abandoned_ ? 0 : 1;
  return !abandoned_;
}

void telling::leave() {
  std::lock_guard guard{mutex_};
  --inside_;
  left_.notify_all();
}

void telling::bury(std::shared_ptr<void> what) {
  static std::mutex mutex;
  static auto* graves = new std::vector<std::shared_ptr<void>>;
  std::lock_guard guard{mutex};
  graves->push_back(std::move(what));
}

} // namespace byollm
