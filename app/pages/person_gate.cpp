// SPDX-License-Identifier: Apache-2.0
#include "app/pages/person_gate.hpp"

#include "messages/limits.hpp"

#include <utility>

namespace byollm::pages {

namespace {

// Ids hold no '|', and an admin's name comes last.
std::string key_of(const login_identity& who) {
  return who.is_admin ? "|" + who.name : who.tenant + '|' + who.user;
}

} // namespace

expected<person_gate::place_ptr> person_gate::enter(const login_identity& who) {
  auto key = key_of(who);
  std::lock_guard guard{counts_->mutex};
  auto& mine = counts_->under_way[key];
  if (mine >= limits::operations_per_person_max) {
    failure why{errc::overloaded, "you have too many requests under way"};
    why.retry_after = limits::busy_retry;
    return why;
  }
  ++mine;
  // Not null, or who looks whether there is one finds none.
  return place_ptr{counts_.get(), [in = counts_, key](void*) {
                     std::lock_guard leaving{in->mutex};
                     auto found = in->under_way.find(key);
                     if (--found->second == 0)
                       in->under_way.erase(found);
                   }};
}

size_t person_gate::size() const {
  std::lock_guard guard{counts_->mutex};
  return counts_->under_way.size();
}

} // namespace byollm::pages
