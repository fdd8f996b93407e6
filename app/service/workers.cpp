// SPDX-License-Identifier: Apache-2.0
#include "app/service/workers.hpp"

#include "app/owner/json.hpp"
#include "app/service/render.hpp"
#include "messages/limits.hpp"

#include <algorithm>

namespace byollm::service {

namespace {

failure not_offered() {
  return {errc::not_found, "no worker that is attached offers this function",
          "function"};
}

std::string id_json(const char* name, const std::string& id) {
  return owner::json_text([&](owner::json_writer& to) {
    to.StartObject();
    owner::put(to, name, id);
    to.EndObject();
  });
}

} // namespace

status workers::attach(std::string id, worker_offer offer,
                       http::exchange_ptr at) {
  {
    std::lock_guard guard{mutex_};
    if (attached_.size() >= limits::workers_max)
      return failure{errc::overloaded, "too many workers are attached"};
    attached_.push_back({id, std::move(offer), at});
  }
  at->begin_stream({200, {}, "text/event-stream", {}});
  at->write(event("attached", id_json("worker", id)));
  // Said last: a client that is gone already takes the worker out again.
  at->on_gone([this, id] { detach(id); });
  return unit{};
}

expected<offered_function> workers::find(const std::string& extension,
                                         const std::string& function) const {
  std::lock_guard guard{mutex_};
  for (const auto& worker : attached_) {
    if (worker.offer.extension != extension)
      continue;
    auto it = worker.offer.functions.find(function);
    if (it != worker.offer.functions.end())
      return it->second;
  }
  return not_offered();
}

workers::attached* workers::least_busy(const std::string& extension,
                                       const std::string& function,
                                       bool& is_offered) {
  attached* best = nullptr;
  for (auto& worker : attached_) {
    if (worker.offer.extension != extension
        || worker.offer.functions.count(function) == 0)
      continue;
    is_offered = true;
    if (worker.running < worker.offer.concurrency
        && (!best || worker.running < best->running))
      best = &worker;
  }
  return best;
}

status workers::invoke(invocation what) {
  std::lock_guard guard{mutex_};
  bool is_offered = false;
  auto to = least_busy(what.extension, what.function, is_offered);
  if (!to)
    return is_offered ? failure{errc::overloaded,
                                "all workers of the extension are busy"}
                      : not_offered();
  auto on = std::ranges::find(attached_, to->id, &attached::id);
  ++to->running;
  running_.emplace(what.id, running_one{on, std::move(what.done)});
  to->at->write(event("invoke", what.event_json));
  return unit{};
}

std::optional<workers::running_one>
workers::take(const std::string& invocation) {
  auto it = running_.find(invocation);
  if (it == running_.end())
    return std::nullopt;
  auto out = std::move(it->second);
  running_.erase(it);
  --out.on->running;
  return out;
}

status workers::finish(const std::string& invocation,
                       expected<std::string> result) {
  std::unique_lock guard{mutex_};
  auto ended = take(invocation);
  guard.unlock();
  if (!ended)
    return failure{errc::not_found, "nobody waits for this invocation",
                   "invocation"};
  ended->done(std::move(result));
  return unit{};
}

void workers::cancel(const std::string& invocation, failure why) {
  std::unique_lock guard{mutex_};
  auto ended = take(invocation);
  if (!ended)
    return;
  ended->on->at->write(event("cancel", id_json("invocation", invocation)));
  guard.unlock();
  ended->done(std::move(why));
}

void workers::detach(const std::string& id) {
  std::vector<std::function<void(expected<std::string>)>> lost;
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
      lost.push_back(std::move(it->second.done));
      it = running_.erase(it);
    }
    closed = std::move(gone->at);
    attached_.erase(gone);
  }
  for (auto& done : lost)
    done(failure{errc::unavailable, "the extension's worker ended"});
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
    lost = std::move(running_);
    running_.clear();
    closed = std::move(attached_);
    attached_.clear();
  }
  for (auto& [_, one] : lost)
    one.done(failure{errc::stopping, "the daemon is stopping"});
  for (auto& worker : closed)
    worker.at->end_stream();
}

void workers::keep_alive() {
  std::lock_guard guard{mutex_};
  for (auto& worker : attached_)
    worker.at->write(":\n\n");
}

std::string workers::listing() const {
  std::map<std::string, std::map<std::string, offered_function>> all;
  {
    std::lock_guard guard{mutex_};
    for (const auto& worker : attached_)
      all[worker.offer.extension].insert(worker.offer.functions.begin(),
                                         worker.offer.functions.end());
  }
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
        owner::put(to, "description", function.description);
        owner::put(to, "action_type", to_string(function.action));
        to.Key("parameters");
        const auto& schema = function.parameters->text();
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
