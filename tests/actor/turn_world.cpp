// SPDX-License-Identifier: Apache-2.0
#include "tests/actor/turn_world.hpp"

#include "tests/actor/sums_of_today.hpp"

#include <set>

namespace byollm {

// -- ports that answer later --------------------------------------------------

class turn_world::source final : public config_source {
public:
  explicit source(turn_world& world) : world_(world) {
    // nop
  }

  void lookup(const tenant_id&, const user_id&,
              std::function<void(user_lookup)> done) override {
    world_.sys.later([done, what = world_.user] { done(what); });
  }

private:
  turn_world& world_;
};

class turn_world::memory_store final : public ledger_store {
public:
  explicit memory_store(turn_world& world) : world_(world) {
    // nop
  }

  void append(std::vector<ledger_entry> batch,
              std::function<void(expected<uint64_t>)> done) override {
    if (world_.ledger_hangs)
      return held_.push_back(std::move(done));
    world_.sys.later([this, batch = std::move(batch), done] {
      if (world_.ledger_fails)
        return done(failure{errc::audit_unavailable, "the disk is full"});
      for (const auto& entry : batch)
        if (auto made = entry.as<intent_record>())
          world_.late_intents += world_.answers[made->call].is_over;
      auto first = world_.records.size() + 1;
      world_.records.insert(world_.records.end(), batch.begin(), batch.end());
      done(first);
    });
  }

private:
  turn_world& world_;
  std::vector<std::function<void(expected<uint64_t>)>> held_;
};

class turn_world::any_vault final : public key_vault {
public:
  expected<opened_key> redeem(const lease_ticket& ticket) override {
    if (!ticket.redeem())
      return failure{errc::unavailable, "redeemed before"};
    return opened_key{nullptr, 0, nullptr};
  }

  void revoke(const std::string&, uint32_t) override {
    // nop: the gateway leases none of its keys
  }

  expected<sealed_key> seal(std::string_view, const key_binding&) override {
    return sealed_key{{1}};
  }
};

class turn_world::port final : public provider_port {
public:
  explicit port(turn_world& world) : world_(world) {
    // nop
  }

  void start(provider_call call, std::shared_ptr<attempt_sink> sink) override {
    check_intent(*call.ticket->receipt());
    if (!call.ticket->redeem())
      world_.problems.push_back("a ticket was redeemed twice");
    ++world_.sent;
    world_.last_sent = call;
    scripted_attempt script;
    if (!world_.attempts.empty()) {
      script = world_.attempts.front();
      world_.attempts.pop_front();
    }
    auto seq = call.ticket->receipt()->seq();
    open_[seq] = {sink, script};
    pieces(seq, script, script.deltas);
  }

  void cancel(const intent_receipt& receipt) override {
    auto it = open_.find(receipt.seq());
    if (it == open_.end())
      return;
    if (it->second.script.drains && !is_hurried_)
      it->second.is_draining = true;
    else
      finish(receipt.seq(), {errc::cancelled, certainty::maybe});
  }

  void hurry() override {
    ++world_.hurried;
    is_hurried_ = true;
    for (auto it = open_.begin(); it != open_.end();)
      if (auto now = it++; now->second.is_draining)
        finish(now->first, {errc::cancelled, certainty::yes});
  }

  void keep_connections(bool keep) override {
    world_.kept.push_back(keep);
  }

  void close(const failure& why) override {
    while (!open_.empty())
      finish(open_.begin()->first, {why.code, certainty::maybe});
  }

  size_t in_flight() const noexcept override {
    return open_.size();
  }

private:
  // The promise itself: no byte leaves before its intent is durable.
  void check_intent(const intent_receipt& receipt) {
    for (const auto& made : world_.all<intent_record>())
      if (made.call == receipt.call() && made.attempt == receipt.attempt())
        return;
    world_.problems.push_back("an attempt was sent without a durable intent");
  }

  void pieces(uint64_t seq, scripted_attempt script, int left) {
    world_.sys.later(
      [this, seq, script, left, alive = std::weak_ptr{alive_}]() mutable {
        if (alive.expired())
          return;
        auto it = open_.find(seq);
        if (it == open_.end())
          return;
        if (left > 0) {
          if (!it->second.is_draining)
            it->second.sink->on_delta({delta::kind::text, 0, "piece"});
          pieces(seq, script, left - 1);
        } else if (!script.hangs) {
          if (it->second.is_draining)
            script.fails_with = errc::cancelled;
          finish(seq, script);
        }
      });
  }

  void finish(uint64_t seq, scripted_attempt script) {
    auto it = open_.find(seq);
    if (it == open_.end())
      return;
    auto sink = std::move(it->second.sink);
    open_.erase(it);
    attempt_outcome made;
    made.why.code = script.fails_with;
    made.sent = made.why.sent = script.sent;
    made.reply.content = {text_block{"answer"}};
    made.reply.model = "as-reported";
    made.reply.usage = script.usage;
    if (world_.last_sent.kind == call_kind::embeddings)
      made.reply.vectors = {{0.5f}};
    sink->on_done(std::move(made));
  }

  struct open_attempt {
    std::shared_ptr<attempt_sink> sink;
    scripted_attempt script;
    bool is_draining = false;
  };

  turn_world& world_;
  std::map<uint64_t, open_attempt> open_;
  bool is_hurried_ = false;
  // Events outlive the port whose actor died.
  std::shared_ptr<int> alive_ = std::make_shared<int>();
};

class turn_world::factory final : public provider_factory {
public:
  explicit factory(turn_world& world) : world_(world) {
    // nop
  }

  expected<std::unique_ptr<provider_port>> make(const llm_target&) override {
    return std::unique_ptr<provider_port>{new port(world_)};
  }

private:
  turn_world& world_;
};

class turn_world::purse final : public balance {
public:
  explicit purse(turn_world& world) : world_(world) {
    // nop
  }

  bool may_pay(const tenant_id&, const user_id&) noexcept override {
    return world_.may_pay;
  }

private:
  turn_world& world_;
};

// Like the host's caller: the first answer counts, and being dropped is one.
class turn_world::probe final : public caller_port {
public:
  probe(turn_world& world, std::string id) : world_(world), id_(std::move(id)) {
    // nop
  }

  ~probe() override {
    if (!answered_)
      on_reply(failure{errc::unavailable, "dropped"});
  }

  void on_delta(delta) override {
    if (answered_)
      ++world_.late_pieces;
    ++world_.answers[id_].deltas;
  }

  bool wants_more() const noexcept override {
    return true;
  }

  void when_ready(std::function<void()> resume) override {
    resume();
  }

  void on_early_reply(failure why) override {
    answer(std::move(why));
  }

  void on_reply(expected<message_reply> reply) override {
    world_.answers[id_].is_over = true;
    answer(std::move(reply));
  }

private:
  void answer(expected<message_reply> reply) {
    if (std::exchange(answered_, true))
      return;
    auto& mine = world_.answers[id_];
    ++mine.answers;
    mine.last = reply ? errc::none : reply.error().code;
    mine.sent = reply ? certainty::yes : reply.error().sent;
    mine.detail = reply ? "" : reply.error().detail;
    if (!reply)
      return;
    mine.reply = *reply;
    for (const auto& made : world_.all<outcome_record>())
      if (made.call == id_ && made.status == call_status::success)
        return;
    world_.problems.push_back("a reply came before its outcome was durable");
  }

  turn_world& world_;
  std::string id_;
  bool answered_ = false;
};

class turn_world::borrower final : public turn_borrower {
public:
  explicit borrower(turn_world& world) : world_(world) {
    // nop
  }

  void lent(turn_actor to, uint64_t number, shared<pinned_turn> what) override {
    world_.turn = std::move(to);
    world_.generation = number;
    world_.pinned = std::move(what);
  }

private:
  turn_world& world_;
};

// -- the world ----------------------------------------------------------------

turn_world::turn_world(uint64_t seed)
    : source_(std::make_unique<source>(*this)),
      store_(std::make_unique<memory_store>(*this)),
      past_(std::make_unique<sums_of_today>(*this)),
      vault_(std::make_unique<any_vault>()),
      factory_(std::make_unique<factory>(*this)),
      purse_(std::make_unique<purse>(*this)),
      sys(seed) {
  admin.llm = platform_target();
}

turn_world::~turn_world() = default;

void turn_world::start() {
  ledger_ = sys.adopt(sys.system().spawn(ledger, ledger_options{store_.get()}));
  quota_ = sys.adopt(sys.system().spawn(
    quota, quota_options{past_.get(), [this] { return clock.unix_ms(); }}));
  resolver_ = sys.adopt(sys.system().spawn(
    resolver, resolver_options{std::make_shared<const platform_config>(admin),
                               two_providers()}));
  switchboard_ = sys.adopt(sys.system().spawn(
    switchboard, switchboard_options{factory_.get(), &clock}));
  auth_gateway_options keys{vault_.get()};
  keys.withdrawal = {nullptr, &clock, [](auto task) { task(); }};
  keys.withdrawal.drain = [this] { return drain; };
  keys.withdrawal.switchboards = {switchboard_};
  gateway_ = sys.adopt(sys.system().spawn(auth_gateway, keys));
  auto parts = std::make_shared<tenant_parts>();
  parts->source = source_.get();
  parts->gateway = gateway_;
  parts->providers = two_providers();
  directory_ = sys.adopt(sys.system().spawn(
    directory, directory_options{parts, &clock, [](auto task) { task(); }}));
  auto shared_parts = std::make_shared<turn_parts>();
  *shared_parts
    = {directory_, resolver_, gateway_,     ledger_,  switchboard_,
       quota_,     &clock,    purse_.get(), &retries, [] { return 0.5; }};
  desk_ = sys.adopt(
    sys.system().spawn(turn_desk, turn_desk_options{shared_parts, turns_max}));
}

void turn_world::open() {
  auto who = std::make_shared<const call_context>(
    call_context{{*tenant_id::parse(tenant), *user_id::parse("ada"),
                  *app_id::parse("writer")},
                 *turn_id::parse("turn-1"),
                 {begun_by}});
  caf::anon_send(desk_, atom::begin_turn_v, who,
                 turn_borrower_ptr{std::make_shared<borrower>(*this)});
  while (!turn && sys.step()) {
    // nop
  }
}

void turn_world::call(const std::string& id, create_message_request request,
                      std::chrono::milliseconds timeout) {
  call_order order;
  order.call = id;
  order.request
    = std::make_shared<const create_message_request>(std::move(request));
  order.stream = true;
  order.deadline = clock.now() + timeout;
  start_call(std::move(order));
}

void turn_world::embed(const std::string& id, embedding_input input,
                       std::optional<std::string> model) {
  call_order order;
  order.call = id;
  create_message_request request;
  request.model = std::move(model);
  order.request
    = std::make_shared<const create_message_request>(std::move(request));
  order.kind = call_kind::embeddings;
  order.embed = std::make_shared<const embedding_input>(std::move(input));
  order.deadline = clock.now() + std::chrono::seconds{60};
  start_call(std::move(order));
}

void turn_world::start_call(call_order order) {
  answers[order.call];
  order.to = std::make_shared<probe>(*this, order.call);
  caf::anon_send(turn, atom::call_v, generation,
                 std::make_shared<const call_order>(std::move(order)));
}

void turn_world::close() {
  caf::anon_send(turn, atom::end_turn_v, generation);
  turn = nullptr;
}

void turn_world::run_out() {
  // Idle sweeps rearm while a tenant or provider is awake: they end too.
  for (int i = 0; i < 1'000; ++i) {
    sys.drain();
    if (!clock.ring_next())
      return;
  }
  problems.push_back("alarms never end");
}

create_message_request say(const std::string& word) {
  create_message_request request;
  request.messages.push_back({role::user, {text_block{word}}});
  return request;
}

user_lookup own_llm(fallback_policy fallback) {
  auto made = std::make_shared<const user_config>(
    user_config{user_target(), true, false, fallback});
  return {user_lookup::state::present, std::move(made), {}};
}

} // namespace byollm
