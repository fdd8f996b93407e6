// SPDX-License-Identifier: Apache-2.0
#include "tests/load/driver.hpp"

#include "actors/house_rules.hpp"
#include "messages/limits.hpp"

#include <charconv>

namespace byollm::load {

namespace {

// "@", 19 digits and a blank: when the stand-in wrote the chunk.
constexpr size_t stamp_digits = 19;

std::optional<uint32_t> delay_of(std::string_view text) {
  if (text.size() <= stamp_digits || text.front() != '@')
    return std::nullopt;
  int64_t sent = 0;
  auto digits = text.substr(1, stamp_digits);
  std::from_chars(digits.data(), digits.data() + digits.size(), sent);
  auto now = std::chrono::steady_clock::now().time_since_epoch();
  return static_cast<uint32_t>(std::chrono::nanoseconds{now}.count() - sent);
}

} // namespace

/// The turn under way. The ride writes it before it tells the driver; never
/// both at once.
struct turn_progress {
  size_t turn = 0;
  size_t user = 0;
  size_t calls_left = 0;
  script::step step = {};
  alarm_clock::time_point began = {};
  turn_actor to = {};
  uint64_t generation = 0;
  failure why = {};
};

/// Waits for one call's turn, pieces and reply. Its death without a reply is an
/// end too, so no driver waits for ever.
class ride final : public turn_borrower,
                   public caller_port,
                   public std::enable_shared_from_this<ride> {
public:
  ride(std::shared_ptr<const driver_parts> parts, driver_actor driver,
       std::shared_ptr<turn_progress> at, driver_log& log,
       admission::place place)
      : parts_(std::move(parts)),
        driver_(std::move(driver)),
        now_(std::move(at)),
        log_(log),
        place_(std::move(place)) {
    // nop
  }

  ~ride() override {
    end({errc::unavailable, "the turn or its call was dropped"});
  }

  void lent(turn_actor turn, uint64_t generation,
            shared<pinned_turn>) override {
    now_->to = std::move(turn);
    now_->generation = generation;
    call();
  }

  void call() {
    auto order = std::make_shared<call_order>();
    auto received = parts_->clock->unix_ms();
    std::chrono::milliseconds timeout{limits::call_timeout};
    order->call = parts_->new_id();
    order->stream = now_->step.stream;
    order->request = std::make_shared<const create_message_request>(
      std::move(now_->step.request));
    order->to = shared_from_this();
    order->deadline = parts_->clock->now() + timeout;
    order->received_unix_ms = received;
    order->deadline_unix_ms = received + timeout.count();
    auto id = order->call;
    caf::anon_send(now_->to, atom::call_v, now_->generation,
                   shared<call_order>{std::move(order)});
    if (now_->step.cancel)
      caf::anon_send(now_->to, atom::cancel_v, now_->generation, std::move(id));
  }

  // -- caller_port ------------------------------------------------------------

  void on_delta(delta piece) override {
    if (!parts_->board->is_measured(now_->turn))
      return;
    ++log_.chunks;
    if (!parts_->has_stamps)
      return;
    if (auto delay = delay_of(piece.text))
      log_.chunk_delays_ns.push_back(*delay);
  }

  bool wants_more() const noexcept override {
    return true;
  }

  void when_ready(std::function<void()> resume) override {
    resume();
  }

  void on_early_reply(failure why) override {
    end(std::move(why));
  }

  void on_reply(expected<message_reply> reply) override {
    end(reply ? failure{} : reply.error());
  }

private:
  void end(failure why) {
    if (std::exchange(ended_, true))
      return;
    place_.reset();
    now_->why = std::move(why);
    caf::anon_send(driver_, atom::ended_v);
  }

  std::shared_ptr<const driver_parts> parts_;
  driver_actor driver_;
  std::shared_ptr<turn_progress> now_;
  driver_log& log_;
  std::optional<admission::place> place_;
  bool ended_ = false;
};

driver_state::driver_state(driver_actor::stateful_pointer<driver_state> self)
    : self_(self), now_(std::make_shared<turn_progress>()) {
  // nop
}

driver_state::~driver_state() = default;

void driver_state::start(driver_options options) {
  options_ = std::move(options);
  script_ = std::make_unique<script>(*options_.parts->load, options_.number);
}

void driver_state::next_turn() {
  auto& parts = *options_.parts;
  auto number = parts.board->draw();
  if (!number)
    return self_->quit();
  now_->turn = *number;
  now_->user = (now_->user + 1) % options_.users.size();
  now_->calls_left = parts.load->calls_per_turn;
  now_->began = parts.clock->now();
  auto ride = make_ride();
  if (!ride)
    return;
  const auto& who = options_.users[now_->user];
  auto context = std::make_shared<const call_context>(
    call_context{{who.tenant, who.id, *app_id::parse("load")},
                 *turn_id::parse(parts.new_id()),
                 {}});
  self_->send(parts.desk, atom::begin_turn_v,
              shared<call_context>{std::move(context)},
              turn_borrower_ptr{std::move(ride)});
}

// Makes the next call and takes its place in admission.
std::shared_ptr<ride> driver_state::make_ride() {
  now_->step = script_->next();
  auto& gate = options_.parts->gate;
  auto count = gate->counter(options_.users[now_->user].tenant.str());
  if (gate->enter(*count) == admission::verdict::in)
    return std::make_shared<ride>(options_.parts, driver_actor{self_}, now_,
                                  *options_.log, admission::place{gate, count});
  now_->why = {errc::overloaded, "admission refused the call"};
  self_->send(driver_actor{self_}, atom::ended_v);
  return nullptr;
}

void driver_state::call_ended() {
  note_end();
  if (--now_->calls_left == 0 || !now_->to)
    return end_turn();
  if (auto ride = make_ride())
    ride->call();
}

void driver_state::note_end() {
  auto& log = *options_.log;
  auto code = now_->why.code;
  ++log.calls;
  ++log.ends[code];
  auto wanted = may_end(options_.users[now_->user].kind, code);
  auto cancelled = now_->step.cancel && code == errc::cancelled;
  if (!wanted && !cancelled && log.unexpected++ == 0)
    log.first_unexpected = describe(now_->why);
  if (!options_.parts->board->is_measured(now_->turn))
    return;
  ++log.measured_calls;
  log.streamed_calls += now_->step.stream ? 1 : 0;
}

void driver_state::end_turn() {
  if (auto to = std::exchange(now_->to, nullptr))
    self_->send(to, atom::end_turn_v, now_->generation);
  auto& board = *options_.parts->board;
  if (board.is_measured(now_->turn)) {
    std::chrono::nanoseconds took = options_.parts->clock->now() - now_->began;
    options_.log->latencies_ns.push_back(
      static_cast<uint32_t>(std::min<int64_t>(took.count(), UINT32_MAX)));
  }
  board.turn_ended();
  pause();
}

void driver_state::pause() {
  auto& parts = *options_.parts;
  if (parts.load->think_time.count() == 0)
    return self_->send(driver_actor{self_}, atom::run_v);
  parts.clock->set(
    parts.clock->now() + parts.load->think_time,
    [to = driver_actor{self_}] { caf::anon_send(to, atom::run_v); });
}

driver_actor::behavior_type
driver(driver_actor::stateful_pointer<driver_state> self,
       driver_options options) {
  adopt_house_rules(self, {}, [] {
    // nop: nobody waits for a driver
  });
  self->state.start(std::move(options));
  return {
    [self](atom::run) { self->state.next_turn(); },
    [self](atom::ended) { self->state.call_ended(); },
  };
}

} // namespace byollm::load
