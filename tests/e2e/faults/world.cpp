// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/faults/world.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <map>
#include <utility>

namespace byollm::test {

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

// A hang ends here; no verdict depends on it.
constexpr auto patience = 60s;
// Of a call: between the waits that shall be and the one that shall not.
constexpr auto timeout = 45s;
// Long for a machine that is busy, short for who waits for the end of it.
constexpr auto haste = 3s;
// As long as haste is no answer to it.
constexpr auto urgent_timeout = 2 * haste;

std::string tenant_of(size_t number) {
  return "tenant-" + std::to_string(number);
}

// Tells a platform's requests apart: nobody else says that.
std::string words_of(size_t number) {
  return "This is user " + std::to_string(number) + ".";
}

chat_message says(role who, std::string text) {
  return {who, {text_block{std::move(text)}}};
}

create_message_request request_of(size_t number, bool ends_with_assistant) {
  create_message_request made;
  made.messages.push_back(says(role::user, words_of(number)));
  if (ends_with_assistant)
    made.messages.push_back(says(role::assistant, "My answer is"));
  made.timeout = timeout;
  return made;
}

upstream_script platform_script(const surroundings& in) {
  constexpr auto as = tongue::anthropic;
  if (in.platform_refuses)
    return upstream_script{}
      .expect()
      .send(wire::response(as, 400,
                           wire::error_body(as, {"invalid_request_error"})))
      .close();
  auto events = wire::opening(as) + wire::says(as, platform_text)
                + wire::closing(as) + wire::marker(as);
  auto sent
    = in.stream
        ? wire::chunked_head_of(as, true) + chunk(events) + wire::last_chunk()
        : wire::response(as, 200, wire::whole(as, platform_text));
  return upstream_script{}.expect().send(sent).close();
}

told told_by(const expected<message_reply>& reply) {
  told made;
  if (!reply) {
    made.why = reply.error();
    return made;
  }
  made.text = reply->text();
  made.stop = reply->stop;
  made.provider = reply->provider;
  made.is_byollm = reply->is_byollm;
  made.fallback_from = reply->fallback_from;
  made.cost_micro = reply->cost_micro;
  made.attempts = reply->attempts;
  return made;
}

} // namespace

std::string own_key(size_t number) {
  auto digits = std::to_string(number);
  return "9f4e1c7a" + std::string(8 - digits.size(), '0') + digits;
}

std::string platform_key() {
  return "b7d2e8f05a6c3b19";
}

/// A call, and what its stream's reader has. Kept by the call, too: it may end
/// when nobody waits any more.
struct world::running {
  explicit running(context opened) : turn(std::move(opened)) {
    // nop
  }

  context turn;
  clock::time_point began = clock::now();
  // Written on a loop thread before `done` is set.
  std::string seen = {};
  clock::time_point ended = {};
  std::promise<expected<message_reply>> done = {};
};

world::world(surroundings in) : in_(in) {
  auto name = (fs::temp_directory_path() / "byollm-faults-XXXXXX").string();
  REQUIRE(mkdtemp(name.data()) != nullptr);
  directory_ = name;
  runtime_options options;
  options.data_directory = directory_;
  // A breaker is a loop's: with one, what a test sees does not depend on where.
  options.loops = 1;
  if (in.haste)
    options.first_byte_timeout = options.idle_timeout = haste;
  auto started = runtime::start(std::move(options));
  REQUIRE(started);
  rt_ = *std::move(started);
  settle_platform();
}

world::~world() {
  rt_.reset();
  std::error_code ignored;
  fs::remove_all(directory_, ignored);
}

void world::settle_platform() {
  platform_ = up_.add({platform_script(in_)});
  auto admin = rt_->admin();
  llm_settings its{.provider = "anthropic",
                   .model = "platform-model",
                   .base_url = up_.url(platform_),
                   .key = platform_key()};
  REQUIRE(admin.allow_origin("", its.base_url, true, "test").get());
  REQUIRE(admin.set_platform_llm(its, "test").get());
  price_entry price{"anthropic", "platform-model", {}, token_prices{}};
  price.per_million->input_uncached = 2'000'000;
  price.per_million->output = 4'000'000;
  REQUIRE(admin.change_price(price, "test").get());
}

size_t world::add(const staged_call& what) {
  places_.push_back(up_.add(what.what.scripts));
  calls_.push_back(what);
  settle(calls_.size() - 1);
  return calls_.size() - 1;
}

void world::settle(size_t number) {
  const auto& call = calls_[number];
  auto admin = rt_->admin();
  llm_settings own;
  own.provider = wire::provider_of(call.in);
  own.model = "own-model";
  own.base_url = up_.url(places_[number]);
  own.key = own_key(number);
  if (call.consents)
    own.fallback = fallback_policy::platform;
  auto tenant = tenant_of(number);
  REQUIRE(admin.allow_origin(tenant, own.base_url, true, "test").get());
  REQUIRE(admin.set_user_llm(tenant, "ada", own, "ada").get());
}

std::shared_ptr<world::running> world::begin(size_t number) {
  auto turn = rt_->open_turn({tenant_of(number), "ada", "test"}).get();
  REQUIRE(turn);
  auto to = std::make_shared<running>(*std::move(turn));
  auto done = [to](expected<message_reply> reply) {
    to->ended = clock::now();
    to->done.set_value(std::move(reply));
  };
  auto llm = to->turn.llm();
  auto request = request_of(number, in_.platform_refuses);
  if (calls_[number].what.is_urgent)
    request.timeout = urgent_timeout;
  if (in_.stream)
    llm.stream(std::move(request), {[to](const delta& piece) {
                                      if (piece.what == delta::kind::text)
                                        to->seen += piece.text;
                                      return flow::more;
                                    },
                                    done});
  else
    llm.create_message(std::move(request), done);
  return to;
}

observation world::end(size_t number, running& call) {
  observation made;
  auto answer = call.done.get_future();
  if (answer.wait_for(patience) != std::future_status::ready)
    return made;
  made.caller = told_by(answer.get());
  made.caller->seen = call.seen;
  made.caller->took = std::chrono::duration_cast<std::chrono::milliseconds>(
    call.ended - call.began);
  made.rows = rows_of(number, call.turn.turn());
  made.own = up_.seen(places_[number]);
  made.platforms = platform_requests(number);
  return made;
}

std::vector<observation> world::play() {
  std::vector<std::shared_ptr<running>> all;
  for (size_t i = 0; i < calls_.size(); ++i)
    all.push_back(begin(i));
  std::vector<observation> made(calls_.size());
  auto finish = [&](bool patient) {
    for (size_t i = 0; i < calls_.size(); ++i)
      if (calls_[i].needs_patience == patient)
        made[i] = end(i, *all[i]);
  };
  finish(false);
  up_.raise(go_on);
  finish(true);
  return made;
}

observation world::call(size_t user) {
  auto one = begin(user);
  return end(user, *one);
}

void world::rewrite(size_t user, std::vector<upstream_script> scripts) {
  up_.rewrite(places_[user], std::move(scripts));
}

bool world::is_intact() const {
  auto verdict = rt_->admin().ledger_verify().get();
  return verdict && verdict->intact;
}

std::vector<attempt_row> world::rows_of(size_t number,
                                        const std::string& turn) {
  ledger_filter which;
  which.tenant = tenant_of(number);
  which.turn = turn;
  auto found = rt_->admin().ledger_list(which).get();
  REQUIRE(found);
  std::map<std::string, attempt_row> by_attempt;
  for (const auto& row : *found) {
    std::map<std::string, std::string> of{row.fields.begin(), row.fields.end()};
    auto& one = by_attempt[of["attempt"]];
    if (row.type == "intent") {
      one.asked = of["asked"];
      one.provider = of["provider"];
      one.fallback_from = of["fallback_from"];
    } else {
      one.billing = of["billing"];
      one.status = of["status"];
      one.error = of["error"];
      one.sent = of["sent"];
      one.cost_micro = of["cost_micro"];
      one.http_status = of["http_status"];
      one.request_id = of["provider_request_id"];
      one.provider_code = of["provider_code"];
      one.stop = of["stop"];
    }
  }
  std::vector<attempt_row> made;
  for (auto& [attempt, row] : by_attempt)
    made.push_back(std::move(row));
  return made;
}

std::vector<seen_request> world::platform_requests(size_t number) {
  std::vector<seen_request> made;
  for (auto& request : up_.seen(platform_))
    if (request.body.find(words_of(number)) != std::string::npos)
      made.push_back(std::move(request));
  return made;
}

} // namespace byollm::test
