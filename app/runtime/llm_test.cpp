// SPDX-License-Identifier: Apache-2.0
// "Test my key", and the list of models: real requests by the way of every
// call, so each has its intent, lease and outcome.
#include "app/detached.hpp"
#include "app/runtime/accessor_impl.hpp"
#include "app/runtime/admin_impl.hpp"
#include "app/runtime/llm_verdicts.hpp"
#include "app/runtime/settle.hpp"
#include "messages/limits.hpp"
#include "messages/ports/thread_log.hpp"

#include <chrono>

namespace byollm {

namespace {

using turn_ptr = std::shared_ptr<llm_accessor::impl>;
using model_names = std::vector<std::string>;

// Whose LLM is meant; without a user the platform's.
struct tested_owner {
  std::string tenant = {};
  std::string user = {};
  std::string actor = {};

  bool is_platform() const noexcept {
    return user.empty();
  }
};

pending<turn_ptr> open(const core_ptr& core, const tested_owner& whose) {
  auto [state, made] = make_pending<turn_ptr>();
  turn_request request;
  request.tenant = whose.is_platform() ? "platform" : whose.tenant;
  request.user = whose.is_platform() ? "platform" : whose.user;
  request.extension = whose.actor;
  request.origin.source = turn_source::test;
  open_turn_impl(
    core, request,
    [state = state](expected<turn_ptr> opened) {
      state->settle(std::move(opened));
    },
    whose.is_platform());
  return made;
}

pending<message_reply> ask_once(const turn_ptr& turn, call_wish wish) {
  auto [state, made] = make_pending<message_reply>();
  wish.single = true;
  wish.request.timeout = limits::llm_test_timeout;
  turn->start(std::move(wish),
              {nullptr, [state = state, turn](expected<message_reply> reply) {
                 state->settle(std::move(reply));
               }});
  return made;
}

call_wish list_wish() {
  call_wish out;
  out.kind = call_kind::models;
  out.request.purpose = "models";
  return out;
}

call_wish message_wish(int64_t tokens) {
  call_wish out;
  out.request.messages = {{role::user, {text_block{"Say: ok"}}}};
  out.request.params.max_tokens = tokens;
  out.request.purpose = "test";
  return out;
}

call_wish tool_wish(bool force) {
  auto out = message_wish(limits::llm_test_tokens_max);
  out.request.messages
    = {{role::user, {text_block{"Please use the tool ok."}}}};
  out.request.tools
    = {{"ok", "Say ok.", R"({"type":"object","properties":{}})"}};
  if (force)
    out.request.choice = tool_choice{tool_choice::mode::any};
  return out;
}

// What stands before the first request: nobody may be asked, or not the one who
// is meant.
std::optional<failure> not_testable(const pinned_turn& pinned,
                                    const tested_owner& whose) {
  auto is_off = pinned.nobody.code == errc::no_provider
                || pinned.nobody.code == errc::provider_disabled;
  if (is_off || (!whose.is_platform() && pinned.who != answerer::user))
    return failure{errc::not_found,
                   whose.is_platform()
                     ? "the platform has no LLM"
                     : "this user has no LLM of their own, or the admin "
                       "switched it off"};
  if (is_ours(pinned.nobody))
    return pinned.nobody;
  return std::nullopt;
}

const llm_target* target_of(const pinned_turn& pinned) {
  if (pinned.nobody.code != errc::none)
    return nullptr;
  return pinned.who == answerer::user ? pinned.on->user.config->target.get()
                                      : pinned.on->platform->llm.get();
}

bool is_refused(const expected<message_reply>& reply) noexcept {
  return !reply && reply.error().code == errc::provider_rejected;
}

bool stops_at(const expected<message_reply>& reply) noexcept {
  return !reply
         && (is_ours(reply.error())
             || way_of(reply.error()) != test_way::provider);
}

llm_test told(const llm_accessor::impl& turn, const test_evidence& seen,
              const llm_target* target) {
  llm_test out;
  out.provider = turn.pinned->provider;
  out.model = turn.pinned->model;
  if (target)
    out.origin = target->url().at().str();
  out.stages = judge(seen);
  out.usable = out.stages.at(static_cast<size_t>(test_stage::answer)).verdict
               == test_verdict::passed;
  out.turn = turn.pinned->context->turn.str();
  return out;
}

// Returns a failure of ours among the answers: then there is no verdict.
std::optional<failure> trouble(const test_evidence& seen) {
  for (const auto* from : {&seen.listed, &seen.answered, &seen.used_tool})
    if (*from && !**from && is_ours((*from)->error()))
      return (*from)->error();
  return std::nullopt;
}

using test_state = std::shared_ptr<pending<llm_test>::state>;

// Tells each stage once, as soon as no later request changes its verdict.
class teller {
public:
  explicit teller(stage_fn to) : to_(std::move(to)) {
    // nop
  }

  /// All that is decided before `end`, with what was seen so far.
  void tell(const test_evidence& seen, test_stage end) {
    if (!to_)
      return;
    auto stages = judge(seen);
    for (; next_ < static_cast<size_t>(end); ++next_) {
      try {
        to_(stages.at(next_));
      } catch (...) {
        log_host_threw("on_stage");
      }
    }
  }

private:
  stage_fn to_;
  size_t next_ = 0;
};

detached run_test(core_ptr core, tested_owner whose, bool host_keys, teller say,
                  test_state to) {
  auto opening = open(core, whose);
  auto opened = co_await opening;
  if (!opened)
    co_return to->settle(opened.error());
  auto turn = *std::move(opened);
  if (auto why = not_testable(*turn->pinned, whose))
    co_return to->settle(*why);
  if (turn->pinned->model.empty())
    co_return to->settle(
      failure{errc::invalid_config, "no model is chosen yet", "model"});
  auto target = target_of(*turn->pinned);
  test_evidence seen;
  seen.model = turn->pinned->model;
  seen.is_https = target && target->url().at().is_https();
  seen.has_key = host_keys || (target && target->sealed());
  auto listing = ask_once(turn, list_wish());
  seen.listed = co_await listing;
  if (!stops_at(*seen.listed)) {
    say.tell(seen, test_stage::authentication);
    auto asking = ask_once(turn, message_wish(limits::llm_test_tokens_min));
    seen.answered = co_await asking;
    if (is_refused(*seen.answered)) {
      auto again = ask_once(turn, message_wish(limits::llm_test_tokens_max));
      seen.answered = co_await again;
    }
  }
  if (seen.answered && *seen.answered) {
    say.tell(seen, test_stage::tool_use);
    auto calling = ask_once(turn, tool_wish(true));
    seen.used_tool = co_await calling;
    // Not every dialect can force a tool.
    if (!*seen.used_tool
        && seen.used_tool->error().code == errc::invalid_request) {
      auto again = ask_once(turn, tool_wish(false));
      seen.used_tool = co_await again;
    }
  }
  if (auto why = trouble(seen))
    co_return to->settle(*why);
  to->settle(told(*turn, seen, target));
}

detached run_list(core_ptr core, tested_owner whose,
                  std::shared_ptr<pending<model_names>::state> to) {
  auto opening = open(core, whose);
  auto opened = co_await opening;
  if (!opened)
    co_return to->settle(opened.error());
  auto turn = *std::move(opened);
  if (auto why = not_testable(*turn->pinned, whose))
    co_return to->settle(*why);
  auto listing = ask_once(turn, list_wish());
  auto listed = co_await listing;
  if (listed)
    to->settle(std::move(listed->models));
  else
    to->settle(without_map(listed.error()));
}

status may_test(const core_ptr& core, const tested_owner& whose) {
  if (!core)
    return failure{errc::stopping, "the runtime is stopping"};
  if (!whose.is_platform() && !is_valid_id(whose.tenant))
    return failure{errc::invalid_request,
                   "a tenant has 1 to 128 bytes of [A-Za-z0-9._:@-]", "tenant"};
  return core->tests.enter(whose.tenant + '/' + whose.user,
                           std::chrono::steady_clock::now());
}

pending<llm_test> start_test(const core_ptr& core, tested_owner whose,
                             stage_fn on_stage) {
  if (auto may = may_test(core, whose); !may)
    return settled<llm_test>(may.error());
  auto [state, made] = make_pending<llm_test>();
  run_test(core, std::move(whose), core->options.credentials != nullptr,
           teller{std::move(on_stage)}, state);
  return made;
}

pending<model_names> start_list(const core_ptr& core, tested_owner whose) {
  if (auto may = may_test(core, whose); !may)
    return settled<model_names>(may.error());
  auto [state, made] = make_pending<model_names>();
  run_list(core, std::move(whose), state);
  return made;
}

} // namespace

pending<llm_test> admin_accessor::test_user_llm(std::string tenant,
                                                std::string user,
                                                std::string actor,
                                                stage_fn on_stage) const {
  if (!is_valid_id(user))
    return settled<llm_test>(
      failure{errc::invalid_request, "a test names the user", "user"});
  return start_test(impl_->core.lock(),
                    {std::move(tenant), std::move(user), std::move(actor)},
                    std::move(on_stage));
}

pending<llm_test> admin_accessor::test_platform_llm(std::string actor,
                                                    stage_fn on_stage) const {
  return start_test(impl_->core.lock(), {{}, {}, std::move(actor)},
                    std::move(on_stage));
}

pending<model_names> admin_accessor::user_models(std::string tenant,
                                                 std::string user,
                                                 std::string actor) const {
  if (!is_valid_id(user))
    return settled<model_names>(
      failure{errc::invalid_request, "a list names the user", "user"});
  return start_list(impl_->core.lock(),
                    {std::move(tenant), std::move(user), std::move(actor)});
}

pending<model_names> admin_accessor::platform_models(std::string actor) const {
  return start_list(impl_->core.lock(), {{}, {}, std::move(actor)});
}

pending<model_names> llm_accessor::models(trace_headers trace) const {
  auto [state, made] = make_pending<model_names>();
  auto wish = list_wish();
  wish.request.trace = std::move(trace);
  impl_->start(std::move(wish), {nullptr, [state = state, keep = impl_](
                                            expected<message_reply> reply) {
                                   if (reply)
                                     state->settle(std::move(reply->models));
                                   else
                                     state->settle(reply.error());
                                 }});
  return made;
}

} // namespace byollm
