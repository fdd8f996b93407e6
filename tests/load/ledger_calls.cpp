// SPDX-License-Identifier: Apache-2.0
// Goal: how many calls the ledger can take in: each an intent that is durable
// before it goes on and an outcome that is durable before it ends, as chat
// turns write them. Method: the LEDGER actor and the store as the runtime has
// them, no provider; so many calls at once, each in its turn, on one loop.
#include "actors/ledger.hpp"
#include "app/loop/loop_pool.hpp"
#include "app/loop/system_config.hpp"
#include "app/store/store.hpp"
#include "tests/load/measure.hpp"
#include "tests/load/records.hpp"
#include "tests/load/spawn_pinned.hpp"

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <string>

namespace {

using namespace byollm;
using namespace byollm::load;

struct workload {
  size_t at_once;
  size_t calls;
};

constexpr workload workloads[] = {{1, 5'000}, {64, 100'000}, {512, 200'000}};
constexpr size_t rounds = 3;

[[noreturn]] void give_up(const std::string& why) {
  std::fprintf(stderr, "%s\n", why.c_str());
  std::exit(EXIT_FAILURE);
}

/// Makes the calls and ends.
class caller {
public:
  caller(caf::event_based_actor* self, ledger_actor to, size_t first,
         const workload& which, std::promise<void>& done)
      : self_(self),
        ledger_(std::move(to)),
        next_(first),
        end_(first + which.calls),
        open_(which.at_once),
        done_(done) {
    // nop
  }

  void call() {
    if (next_ == end_) {
      if (--open_ == 0)
        done_.set_value();
      return;
    }
    auto number = next_++;
    self_
      ->request(ledger_, caf::infinite, atom::intent_v,
                std::make_shared<const intent_record>(make_intent(number)))
      .then([this, number](const answer<intent_receipt_ptr>& receipt) {
        if (!*receipt)
          give_up(describe(receipt->error()));
        end(number);
      });
  }

private:
  void end(size_t number) {
    self_
      ->request(ledger_, caf::infinite, atom::outcome_v,
                std::make_shared<const outcome_record>(make_outcome(number)))
      .then([this](const answer<unit>& kept) {
        if (!*kept)
          give_up(describe(kept->error()));
        call();
      });
  }

  caf::event_based_actor* self_;
  ledger_actor ledger_;
  size_t next_;
  size_t end_;
  size_t open_;
  std::promise<void>& done_;
};

caf::behavior callers(caf::event_based_actor* self, const ledger_actor& to,
                      size_t first, const workload& which,
                      std::promise<void>* done) {
  auto state = std::make_shared<caller>(self, to, first, which, *done);
  for (size_t i = 0; i < which.at_once; ++i)
    state->call();
  return {[state](atom::resume) {
    // nop: never sent; keeps the state
  }};
}

/// One store, loop and LEDGER for all rounds.
class bench {
public:
  explicit bench(const std::filesystem::path& directory) {
    store_options options;
    options.directory = directory;
    auto key = secret_bytes::copy_of(std::vector<uint8_t>(32, 7));
    auto opened = open_store(options, *std::move(key));
    if (!opened)
      give_up(describe(opened.error()));
    store_ = *std::move(opened);
    ledger_
      = spawn_pinned(system_, 0, ledger, ledger_options{store_.get(), {}});
  }

  ~bench() {
    caf::scoped_actor self{system_, true};
    self->send_exit(ledger_, caf::exit_reason::user_shutdown);
    self->wait_for(std::exchange(ledger_, nullptr));
  }

  span run(const workload& which) {
    std::promise<void> done;
    auto before = usage_now();
    auto actor
      = spawn_pinned(system_, 0, callers, ledger_, made_, which, &done);
    done.get_future().wait();
    span took{before, usage_now()};
    made_ += which.calls;
    caf::scoped_actor self{system_, true};
    self->send_exit(actor, caf::exit_reason::user_shutdown);
    self->wait_for(std::exchange(actor, nullptr));
    return took;
  }

private:
  loop_pool pool_{1};
  system_config config_{pool_};
  std::unique_ptr<store> store_;
  caf::actor_system system_{config_};
  ledger_actor ledger_;
  size_t made_ = 0;
};

void measure(bench& on, const workload& which) {
  std::vector<double> rates, cpu;
  for (size_t i = 0; i < rounds; ++i) {
    auto took = on.run(which);
    rates.push_back(took.rate(which.calls));
    cpu.push_back(took.cpu_per(which.calls));
  }
  std::printf("%4zu at once: %7.0f calls/s, two durable records each, "
              "%6.2f us CPU a call\n",
              which.at_once, load::median(rates), load::median(cpu));
}

} // namespace

int main(int argc, char** argv) {
  // The disk under this directory is what is measured.
  std::string name = (argc > 1 ? std::string{argv[1]} : std::string{"/tmp"})
                     + "/byollm-calls-XXXXXX";
  if (!::mkdtemp(name.data()))
    give_up("cannot make a directory under " + name);
  {
    bench on{name};
    for (const auto& which : workloads)
      measure(on, which);
  }
  std::filesystem::remove_all(name);
}
