// SPDX-License-Identifier: Apache-2.0
#include "app/extension/function_run.hpp"
#include "app/runtime/settle.hpp"
#include "messages/ids.hpp"
#include "messages/limits.hpp"

#include <map>

namespace byollm {

struct extension::impl {
  std::string name;
  std::shared_ptr<std::atomic<uint32_t>> running
    = std::make_shared<std::atomic<uint32_t>>(0);
  std::mutex mutex;
  std::map<std::string, offered_ptr> functions;
};

extension::extension(std::string name) : impl_(std::make_shared<impl>()) {
  impl_->name = std::move(name);
}

const std::string& extension::name() const noexcept {
  return impl_->name;
}

status extension::add(function_about about, shape_ptr params, run_fn run) {
  if (!is_valid_id(impl_->name) || !is_valid_id(about.name))
    return failure{errc::invalid_request,
                   "extensions and functions have names of 1 to 128 bytes of "
                   "[A-Za-z0-9._:@-]",
                   "name"};
  auto kind = argument_kind::compile(params);
  if (!kind)
    return kind.error();
  auto name = about.name;
  auto made = std::make_shared<const offered>(
    offered{std::move(about), *std::move(kind), std::move(run)});
  std::lock_guard guard{impl_->mutex};
  if (impl_->functions.size() >= limits::functions_per_worker_max)
    return failure{errc::limit_exceeded,
                   "an extension has at most 256 functions", "functions"};
  if (!impl_->functions.emplace(name, std::move(made)).second)
    return failure{errc::invalid_request, "two functions are called " + name,
                   "name"};
  return unit{};
}

std::vector<function_view> extension::functions() const {
  std::vector<function_view> made;
  std::lock_guard guard{impl_->mutex};
  for (const auto& [_, function] : impl_->functions)
    made.push_back({function->about, function->parameters->schema_json()});
  return made;
}

pending<function_reply> extension::run(const runtime& on,
                                       function_call call) const {
  auto [state, made] = make_pending<function_reply>();
  // What calls itself, or is called without measure, ends here.
  running_place place{impl_->running};
  if (impl_->running->fetch_add(1) >= limits::worker_concurrency_max) {
    state->settle(
      failure{errc::overloaded, "too many functions of the extension run"});
    return made;
  }
  offered_ptr function;
  {
    std::lock_guard guard{impl_->mutex};
    auto found = impl_->functions.find(call.function);
    if (found != impl_->functions.end())
      function = found->second;
  }
  auto started = std::make_shared<function_run>(
    std::move(call), std::move(function), std::move(place),
    [state = state](expected<function_reply> reply) {
      state->settle(std::move(reply));
    });
  started->start(on, impl_->name);
  return made;
}

} // namespace byollm
