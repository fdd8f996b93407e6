// SPDX-License-Identifier: Apache-2.0
#include "actors/key_rotation.hpp"

#include "actors/change_texts.hpp"
#include "actors/post_back.hpp"
#include "actors/settings_rules.hpp"

#include <algorithm>
#include <utility>

namespace byollm {

namespace {

failure not_here() {
  return {errc::unavailable, "no master keys are kept here"};
}

} // namespace

template <class T, class GoOn>
std::function<void(T)> key_rotation::back(GoOn go_on) {
  return post_back<auth_gateway_actor, T>(auth_gateway_actor{self_},
                                          std::move(go_on));
}

void key_rotation::start(parts of) {
  parts_ = std::move(of);
  if (!parts_.keys || !parts_.rows)
    return;
  look(true);
}

// -- rotating -----------------------------------------------------------------

caf::result<answer<rewrap_progress>>
key_rotation::rotate(const shared<master_key_change>& wanted) {
  if (!parts_.keys || !parts_.rows)
    return refused<rewrap_progress>(not_here());
  auto follows = wanted->version != 0;
  if (follows && !is_running_)
    return ended_ ? answered(progress_)
                  : refused<rewrap_progress>(ended_.error());
  auto to = self_->make_response_promise<progress_promise>();
  waiting_.push_back(to);
  if (!follows && (!is_running_ || may_add_))
    actor_ = who_acts(wanted->actor);
  if (!is_running_)
    look(true);
  return to;
}

void key_rotation::look(bool may_add) {
  is_running_ = true;
  may_add_ = may_add;
  parts_.rows->count_wraps(
    back<expected<wrap_counts>>([this](const expected<wrap_counts>& counted) {
      may_add_ = false;
      begin(counted);
    }));
}

uint64_t key_rotation::under_older(const wrap_counts& counted) const {
  uint64_t result = 0;
  for (const auto& [version, keys] : counted)
    if (version != progress_.version)
      result += keys;
  return result;
}

// What an earlier rotation left comes first, then the new key that was asked
// for.
void key_rotation::begin(const expected<wrap_counts>& counted) {
  if (!counted)
    return stop(counted.error());
  progress_ = {};
  ended_ = unit{};
  progress_.version = parts_.keys->versions().back();
  progress_.left = under_older(*counted);
  if (progress_.left > known_unreadable_)
    return wrap({});
  if (!actor_.empty())
    return add();
  is_running_ = false;
  tell(answered(progress_));
}

void key_rotation::add() {
  auto version = progress_.version + 1;
  auto keys = parts_.keys;
  parts_.rows->add_master_key(
    [keys] { return keys->add(); },
    record(actor_, "version " + std::to_string(version) + " added"),
    back<status>([this](const status& done) {
      if (!done)
        return stop(done.error());
      actor_.clear();
      known_unreadable_ = 0;
      look(false);
    }));
}

void key_rotation::wrap(config_place after) {
  auto keys = parts_.keys;
  parts_.rows->rewrap(
    {progress_.version, std::move(after),
     [keys](const stored_user_config& row) -> expected<sealed_key> {
       auto binding = binding_of(row);
       if (!binding)
         return binding.error();
       return keys->rewrap(sealed_key{row.envelope}, *binding);
     }},
    back<expected<rewrap_batch>>(
      [this](const expected<rewrap_batch>& batch) { wrapped(batch); }));
}

void key_rotation::wrapped(const expected<rewrap_batch>& batch) {
  if (!batch)
    return stop(batch.error());
  progress_.rewrapped += batch->rewrapped;
  progress_.unreadable += batch->unreadable;
  progress_.left -= std::min(progress_.left, batch->rewrapped);
  if (batch->next) {
    wrap(*batch->next);
    return tell(answered(progress_));
  }
  parts_.rows->count_wraps(back<expected<wrap_counts>>(
    [this](const expected<wrap_counts>& counted) { finish(counted); }));
}

// A key may have been saved behind the batches that was sealed before the
// rotation: then there is another pass.
void key_rotation::finish(const expected<wrap_counts>& counted) {
  if (!counted)
    return stop(counted.error());
  progress_.left = under_older(*counted);
  known_unreadable_ = progress_.unreadable;
  if (progress_.left > progress_.unreadable) {
    progress_.unreadable = 0;
    wrap({});
    return tell(answered(progress_));
  }
  if (!actor_.empty())
    return add();
  is_running_ = false;
  if (parts_.log)
    parts_.log(log_level::info, "stored keys are under the current master key",
               {{"version", std::to_string(progress_.version)},
                {"rewrapped", std::to_string(progress_.rewrapped)},
                {"unreadable", std::to_string(progress_.unreadable)}});
  tell(answered(progress_));
}

void key_rotation::tell(const answer<rewrap_progress>& what) {
  for (auto& to : std::exchange(waiting_, {}))
    to.deliver(what);
}

void key_rotation::stop(failure why) {
  is_running_ = false;
  ended_ = why;
  actor_.clear();
  if (parts_.log)
    parts_.log(log_level::warning,
               "wrapping the stored keys anew has stopped; rotate again to go "
               "on",
               {{"why", describe(why)}});
  tell(refused<rewrap_progress>(std::move(why)));
}

change_record key_rotation::record(const std::string& actor,
                                   std::string summary) const {
  return {
    actor,           "", "", change_subject::master_key, std::move(summary),
    parts_.unix_ms()};
}

// -- retiring, showing --------------------------------------------------------

caf::result<answer<unit>>
key_rotation::retire(const shared<master_key_change>& wanted) {
  if (!parts_.keys || !parts_.rows)
    return refused<unit>(not_here());
  using promise = caf::typed_response_promise<answer<unit>>;
  auto to = self_->make_response_promise<promise>();
  auto keys = parts_.keys;
  auto version = wanted->version;
  parts_.rows->drop_master_key(
    version, [keys, version] { return keys->drop(version); },
    record(who_acts(wanted->actor),
           "version " + std::to_string(version) + " retired"),
    back<status>([to](status done) mutable {
      to.deliver(std::make_shared<const expected<unit>>(std::move(done)));
    }));
  return to;
}

caf::result<answer<master_key_list>> key_rotation::show() {
  if (!parts_.keys || !parts_.rows)
    return refused<master_key_list>(not_here());
  using promise = caf::typed_response_promise<answer<master_key_list>>;
  auto to = self_->make_response_promise<promise>();
  parts_.rows->count_wraps(back<expected<wrap_counts>>(
    [this, to](const expected<wrap_counts>& counted) mutable {
      to.deliver(counted ? answered(list_of(*counted))
                         : refused<master_key_list>(counted.error()));
    }));
  return to;
}

master_key_list key_rotation::list_of(const wrap_counts& counted) const {
  master_key_list list;
  for (auto version : parts_.keys->versions()) {
    auto wraps = counted.find(version);
    list.push_back(
      {version, false, wraps == counted.end() ? 0 : wraps->second});
  }
  list.back().is_current = true;
  return list;
}

void key_rotation::settle() {
  tell(refused<rewrap_progress>({errc::unavailable, "the auth gateway ended"}));
}

} // namespace byollm
