// SPDX-License-Identifier: Apache-2.0
#include "app/owner/operations.hpp"

#include "app/owner/json.hpp"
#include "app/owner/table.hpp"

#include "messages/limits.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace byollm::owner {

namespace {

struct table_entry {
  std::string_view name;
  void (*start)(fields& in, operation_ptr as);
};

constexpr std::array table = {
  table_entry{"config.set", config_set},
  table_entry{"config.show", config_show},
  table_entry{"config.list", config_list},
  table_entry{"config.rm", config_rm},
  table_entry{"config.disable", config_disable},
  table_entry{"config.test", config_test},
  table_entry{"keys.rotate", keys_rotate},
  table_entry{"keys.retire", keys_retire},
  table_entry{"keys.list", keys_list},
  table_entry{"config.models", config_models},
  table_entry{"purpose.set", purpose_set},
  table_entry{"purpose.list", purpose_list},
  table_entry{"policy.set", policy_set},
  table_entry{"policy.remove", policy_remove},
  table_entry{"policy.naming", policy_naming},
  table_entry{"policy.list", policy_list},
  table_entry{"rules.set", rules_set},
  table_entry{"rules.show", rules_show},
  table_entry{"platform.state", platform_state},
  table_entry{"price.set", price_set},
  table_entry{"price.remove", price_remove},
  table_entry{"price.list", price_list_all},
  table_entry{"price.unknown", price_unknown},
  table_entry{"origin.allow", origin_allow},
  table_entry{"origin.list", origin_list},
  table_entry{"ca.set", ca_set},
  table_entry{"ca.show", ca_show},
  table_entry{"ca.rm", ca_rm},
  table_entry{"chat", chat},
  table_entry{"resolve", resolve},
  table_entry{"ledger.list", list_ledger},
  table_entry{"ledger.verify", verify_ledger},
  table_entry{"ledger.prove", prove_ledger},
  table_entry{"ledger.export", export_ledger},
  table_entry{"ledger.stats", count_ledger},
  table_entry{"usage", show_usage},
  table_entry{"status", show_status},
  table_entry{"token.add", token_add},
  table_entry{"token.list", token_list},
  table_entry{"token.revoke", token_revoke},
  table_entry{"token.rotate", token_rotate},
  table_entry{"token.mint", token_mint},
  table_entry{"client_token.add", client_token_add},
  table_entry{"client_token.list", client_token_list},
  table_entry{"client_token.revoke", client_token_revoke},
  table_entry{"client_token.revoke_all", client_token_revoke_all},
  table_entry{"login.link", make_login_link},
};

// Counted before parsing, so that no parser recurses deeper than we allow.
bool depth_is_within(std::string_view json, size_t most) noexcept {
  size_t depth = 0;
  bool in_text = false;
  for (size_t i = 0; i < json.size(); ++i) {
    switch (json[i]) {
    case '"':
      in_text = !in_text;
      break;
    case '\\':
      i += in_text ? 1 : 0;
      break;
    case '{':
    case '[':
      if (!in_text && ++depth > most)
        return false;
      break;
    case '}':
    case ']':
      depth -= !in_text && depth > 0 ? 1 : 0;
      break;
    default:
      break;
    }
  }
  return true;
}

// Of two members of one name a reader would take the first and another one the
// last; what a route has put first must not be said again.
bool has_twin(const rapidjson::Value& request) {
  auto end = request.MemberEnd();
  for (auto one = request.MemberBegin(); one != end; ++one)
    for (auto other = one + 1; other != end; ++other)
      if (one->name == other->name)
        return true;
  return false;
}

void dispatch(const rapidjson::Value& request, const operation_ptr& as) {
  if (request.MemberCount() > limits::operation_members_max)
    return as->fail({errc::limit_exceeded, "the request has too many members"});
  if (has_twin(request))
    return as->fail({errc::invalid_request, "a member is there twice"});
  auto name = request.FindMember("op");
  if (name == request.MemberEnd() || !name->value.IsString())
    return as->fail({errc::invalid_request, "a request names its op", "op"});
  std::string_view wanted{name->value.GetString(),
                          name->value.GetStringLength()};
  auto found = std::find_if(table.begin(), table.end(),
                            [&](const auto& x) { return x.name == wanted; });
  if (found == table.end())
    return as->fail({errc::not_found, "there is no such operation", "op"});
  fields in{request};
  found->start(in, as);
}

std::string member(std::string_view name, const std::string& json) {
  std::string out = "{\"";
  out += name;
  out += "\":";
  out += json;
  out += '}';
  return out;
}

} // namespace

void operation::cancel() {
  std::unique_lock guard{mutex_};
  cancelled_->store(true);
  auto running = running_;
  auto go_on = std::exchange(go_on_, nullptr);
  guard.unlock();
  if (running)
    running->cancel();
  if (go_on)
    go_on();
}

void operation::resume() {
  std::unique_lock guard{mutex_};
  auto running = running_;
  auto go_on = std::exchange(go_on_, nullptr);
  resumed_ = !running && !go_on;
  guard.unlock();
  if (running)
    running->resume();
  if (go_on)
    go_on();
}

bool operation::is_cancelled() const {
  return cancelled_->load();
}

admin_accessor operation::reads(bool goes_on) const {
  return of_.admin().for_reader({whom_ == asked_by::page, goes_on, cancelled_});
}

flow operation::piece(const delta& what) {
  return to_(member("delta", render(what)), false);
}

flow operation::part(const std::string& json) {
  return to_(member("delta", json), false);
}

bool operation::wait_until_wanted(std::function<void()> go_on) {
  std::lock_guard guard{mutex_};
  if (is_cancelled() || std::exchange(resumed_, false))
    return false;
  go_on_ = std::move(go_on);
  return true;
}

void operation::result(const std::string& json) {
  to_(member("result", json), true);
}

void operation::done() {
  result("{\"ok\":true}");
}

void operation::fail(const failure& why) {
  to_(member("failure", render(why)), true);
}

void operation::runs(call running) {
  std::unique_lock guard{mutex_};
  running_ = running;
  auto cancelled = is_cancelled();
  auto resumed = std::exchange(resumed_, false);
  guard.unlock();
  // Whoever cancelled or resumed first did not have the call yet.
  if (cancelled)
    running.cancel();
  else if (resumed)
    running.resume();
}

operation_ptr start_operation(const runtime& of, wiped_bytes request,
                              line_sink to, asked_by whom) {
  auto as = std::make_shared<operation>(of, std::move(to), whom);
  if (request.size() > limits::owner_request_bytes_max
      || !depth_is_within(view(request), limits::json_depth_max)) {
    as->fail(
      {errc::limit_exceeded, "the request is too long or too deep", "request"});
    return as;
  }
  // In place, so that a key inside is nowhere but in wiped memory.
  request.push_back('\0');
  rapidjson::Document document;
  document.ParseInsitu<rapidjson::kParseValidateEncodingFlag>(request.data());
  if (document.HasParseError() || !document.IsObject())
    as->fail({errc::invalid_request, "the request is not a JSON object"});
  else
    dispatch(document, as);
  return as;
}

turn_request read_turn(fields& in) {
  turn_request out;
  out.tenant = in.text("tenant");
  out.user = in.text("user");
  out.extension = in.text("extension");
  out.id = in.text_or("turn", "");
  return out;
}

bool refused(const fields& in, const operation_ptr& as) {
  auto problem = in.problem();
  if (problem)
    as->fail(*problem);
  return problem.has_value();
}

} // namespace byollm::owner
