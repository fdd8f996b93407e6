// SPDX-License-Identifier: Apache-2.0
#include "app/service/workers.hpp"

#include "app/owner/json.hpp"
#include "app/service/render.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace byollm::service {

namespace {

failure not_offered() {
  return {errc::not_found, "no worker that is attached offers this function",
          "function"};
}

failure not_running() {
  return {errc::not_found, "nobody waits for this invocation", "invocation"};
}

std::string id_json(const char* name, const std::string& id) {
  return owner::json_text([&](owner::json_writer& to) {
    to.StartObject();
    owner::put(to, name, id);
    to.EndObject();
  });
}

} // namespace

status workers::attach(const std::string& id, worker_offer offer,
                       service_token_view token, http::exchange_ptr at) {
  // It is read, and the worker may stay for ever.
  at->take_body();
  {
    std::lock_guard guard{mutex_};
    if (auto may = offers_.add(token.name, offer); !may)
      return may;
    // Before anybody finds it, so that nothing comes before this.
    at->begin_stream({200, {}, "text/event-stream", {}});
    at->write(event("attached", id_json("worker", id)));
    auto room = offer.concurrency;
    attached_.push_back({id, std::move(offer), std::move(token), at, 0, room});
  }
  // Said last: a client that is gone already takes the worker out again.
  at->on_gone([this, id] { detach(id); });
  return unit{};
}

expected<offered_function> workers::find(const std::string& extension,
                                         const std::string& function) const {
  std::lock_guard guard{mutex_};
  for (const auto& worker : attached_) {
    if (worker.offer.extension != extension || worker.leaves)
      continue;
    auto it = worker.offer.functions->find(function);
    if (it != worker.offer.functions->end())
      return it->second;
  }
  return not_offered();
}

std::optional<workers::place> workers::least_busy(const invocation& what,
                                                  bool& is_offered) {
  std::optional<place> best;
  for (auto it = attached_.begin(); it != attached_.end(); ++it) {
    if (it->offer.extension != what.extension || it->leaves)
      continue;
    auto found = it->offer.functions->find(what.function.name);
    if (found == it->offer.functions->end()
        || !is_same(found->second, what.function))
      continue;
    is_offered = true;
    if (it->running < it->room && !it->is_slow
        && (!best || it->running < (*best)->running))
      best = it;
    // They stand in the order of their last invocation.
    if (best && (*best)->running == 0)
      break;
  }
  return best;
}

// A worker that does not read gets nothing more until it does.
void workers::send(place to, const std::string& bytes) {
  if (to->at->write(bytes) || to->is_slow)
    return;
  to->is_slow = true;
  to->at->when_writable([this, id = to->id] {
    std::lock_guard guard{mutex_};
    auto it = std::ranges::find(attached_, id, &attached::id);
    if (it != attached_.end())
      it->is_slow = false;
  });
}

status workers::invoke(invocation what) {
  std::lock_guard guard{mutex_};
  return hand_out(what);
}

// Under the lock; takes `what` only if it succeeds.
status workers::hand_out(invocation& what) {
  bool is_offered = false;
  auto to = least_busy(what, is_offered);
  if (!to)
    return is_offered ? failure{errc::overloaded,
                                "all workers of the extension are busy"}
                      : not_offered();
  ++(*to)->running;
  send(*to, event("invoke", what.event_json));
  auto id = what.id;
  running_.emplace(std::move(id), running_one{*to, std::move(what)});
  attached_.splice(attached_.end(), attached_, *to);
  return unit{};
}

std::optional<workers::running_one> workers::take(const std::string& invocation,
                                                  const std::string* token) {
  auto it = running_.find(invocation);
  if (it == running_.end() || (token && it->second.on->token.name != *token))
    return std::nullopt;
  auto out = std::move(it->second);
  running_.erase(it);
  --out.on->running;
  return out;
}

status workers::finish(const std::string& invocation, const std::string& token,
                       expected<std::string> result) {
  std::unique_lock guard{mutex_};
  auto ended = take(invocation, &token);
  if (!ended)
    return not_running();
  // It has time again, if it had none.
  auto& by = *ended->on;
  by.room = std::min(by.offer.concurrency, by.room + 1);
  guard.unlock();
  ended->what.done(std::move(result));
  return unit{};
}

status workers::decline(const std::string& invocation, const std::string& token,
                        bool leaves) {
  std::unique_lock guard{mutex_};
  auto declined = take(invocation, &token);
  if (!declined)
    return not_running();
  // One that is busy says so while it has what it has.
  auto& by = *declined->on;
  by.leaves = by.leaves || leaves;
  if (!leaves)
    by.room = std::max(1u, by.running);
  // Under the same lock: an invocation that stood nowhere for a moment would
  // not be found by its time-out, which comes once.
  auto is_taken = hand_out(declined->what).has_value();
  guard.unlock();
  if (!is_taken)
    declined->what.done(
      failure{errc::overloaded, "no worker of the extension takes it"});
  return unit{};
}

void workers::cancel(const std::string& invocation, failure why) {
  std::unique_lock guard{mutex_};
  auto ended = take(invocation);
  if (!ended)
    return;
  send(ended->on, event("cancel", id_json("invocation", invocation)));
  guard.unlock();
  ended->what.done(std::move(why));
}

void workers::detach(const std::string& id) {
  std::vector<invocation> lost;
  http::exchange_ptr closed;
  {
    std::lock_guard guard{mutex_};
    auto gone = std::ranges::find(attached_, id, &attached::id);
    if (gone == attached_.end())
      return;
    for (auto it = running_.begin(); it != running_.end();) {
      if (it->second.on != gone) {
        ++it;
        continue;
      }
      lost.push_back(std::move(it->second.what));
      it = running_.erase(it);
    }
    closed = std::move(gone->at);
    offers_.remove(gone->token.name, gone->offer);
    attached_.erase(gone);
  }
  for (auto& one : lost)
    one.done(failure{errc::unavailable, "the extension's worker ended"});
}

size_t workers::count() const {
  std::lock_guard guard{mutex_};
  return attached_.size();
}

size_t workers::running() const {
  std::lock_guard guard{mutex_};
  return running_.size();
}

void workers::stop() {
  running_map lost;
  std::list<attached> closed;
  {
    std::lock_guard guard{mutex_};
    lost = std::exchange(running_, {});
    closed = std::exchange(attached_, {});
    offers_ = {};
  }
  for (auto& [_, one] : lost)
    one.what.done(failure{errc::stopping, "the daemon is stopping"});
  for (auto& worker : closed)
    worker.at->end_stream();
}

void workers::keep_alive() {
  std::vector<std::string> revoked;
  {
    std::lock_guard guard{mutex_};
    for (auto it = attached_.begin(); it != attached_.end(); ++it) {
      if (may_stay_(it->token))
        send(it, ":\n\n");
      else
        revoked.push_back(it->id);
    }
  }
  // Letting go of its stream tears it.
  for (const auto& id : revoked)
    detach(id);
}

std::string workers::listing() const {
  // Written without the lock: it may be long.
  std::unique_lock guard{mutex_};
  auto offered = offers_.all();
  guard.unlock();
  std::map<std::string, std::map<std::string_view, const offered_function*>>
    all;
  for (const auto& [extension, functions] : offered)
    for (const auto& [name, function] : *functions)
      all[extension].emplace(name, &function);
  return owner::json_text([&](owner::json_writer& to) {
    to.StartArray();
    for (const auto& [extension, functions] : all) {
      to.StartObject();
      owner::put(to, "extension", extension);
      to.Key("functions");
      to.StartArray();
      for (const auto& [name, function] : functions) {
        to.StartObject();
        owner::put(to, "name", name);
        owner::put(to, "description", function->description);
        owner::put(to, "action_type", to_string(function->action));
        to.Key("parameters");
        const auto& schema = function->parameters->text();
        to.RawValue(schema.data(), schema.size(), rapidjson::kObjectType);
        to.EndObject();
      }
      to.EndArray();
      to.EndObject();
    }
    to.EndArray();
  });
}

} // namespace byollm::service
