// SPDX-License-Identifier: Apache-2.0
#include "messages/shared_room.hpp"

#include <algorithm>

namespace byollm {

shared_room::account_ptr shared_room::of(const std::string& payer) {
  std::lock_guard guard{mutex_};
  if (accounts_.size() >= sweep_at_) {
    // What only we hold, nobody else can come to hold meanwhile.
    std::erase_if(accounts_,
                  [](const auto& x) { return x.second.use_count() == 1; });
    sweep_at_ = std::max<size_t>(1'024, accounts_.size() * 2);
  }
  auto& found = accounts_[payer];
  if (!found)
    found = std::make_shared<account>(0u);
  return found;
}

// As the places of calls are shared (adr/0040), so that nobody needs to know
// how many there are who send.
bool shared_room::hold(account* whose, size_t before, size_t now) noexcept {
  auto grown = now - before;
  auto all = all_.fetch_add(grown) + grown;
  auto own = whose ? whose->fetch_add(grown) + grown : 0;
  if (now <= before)
    return true;
  return all <= most_ && own <= most_ - all;
}

} // namespace byollm
