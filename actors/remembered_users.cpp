// SPDX-License-Identifier: Apache-2.0
#include "actors/remembered_users.hpp"

namespace byollm {

shared<user_lookup> remembered_users::find(const std::string& user) {
  auto it = users_.find(user);
  if (it == users_.end())
    return nullptr;
  by_use_.splice(by_use_.end(), by_use_, it->second);
  return it->second->second;
}

void remembered_users::remember(const std::string& user,
                                shared<user_lookup> what) {
  forget(user);
  by_use_.emplace_back(user, std::move(what));
  users_.emplace(user, std::prev(by_use_.end()));
  if (by_use_.size() <= most_)
    return;
  users_.erase(by_use_.front().first);
  by_use_.pop_front();
}

void remembered_users::forget(const std::string& user) {
  auto it = users_.find(user);
  if (it == users_.end())
    return;
  by_use_.erase(it->second);
  users_.erase(it);
}

void remembered_users::clear() {
  users_.clear();
  by_use_.clear();
}

} // namespace byollm
