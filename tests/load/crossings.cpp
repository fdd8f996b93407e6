// SPDX-License-Identifier: Apache-2.0
// Goal: what it costs a coroutine on an I/O loop to ask an actor and go on with
// the answer, on our scheduler and on CAF's own. Method: the same coroutines,
// actor and loops in one run; only where actors run differs. Each crossing
// carries its completion in the message and goes on by a post to the loop.
#include "app/loop/loop_pool.hpp"
#include "app/loop/system_config.hpp"
#include "tests/load/measure.hpp"
#include "tests/load/spawn_pinned.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <cstdio>
#include <cstdlib>
#include <latch>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace byollm;
using namespace byollm::load;
namespace asio = boost::asio;

using loop_executor = asio::io_context::executor_type;
template <class T>
using task = asio::awaitable<T, loop_executor>;
constexpr asio::use_awaitable_t<loop_executor> use_task;

constexpr size_t coroutines_per_loop = 16;
constexpr size_t warmup = 2'000;
constexpr size_t repetitions = 5;
constexpr auto idle_time = std::chrono::milliseconds{500};

// The one message: run this inside the actor.
caf::behavior answerer(caf::event_based_actor*) {
  return {[](atom::resume, const continuation& go_on) { (*go_on)(); }};
}

/// Suspends until `to` handled the question and the loop went on.
task<void> ask(const caf::actor& to, loop_executor loop) {
  co_await asio::async_initiate<const asio::use_awaitable_t<loop_executor>&,
                                void()>(
    [&](auto handler) {
      auto held = std::make_shared<decltype(handler)>(std::move(handler));
      caf::anon_send(to, atom::resume_v,
                     std::make_shared<const std::function<void()>>(
                       [loop, held] { asio::post(loop, std::move(*held)); }));
    },
    use_task);
}

struct figures {
  double per_second = 0;
  double cpu_us = 0;
  double idle_percent = 0;
};

task<void> asker(caf::actor to, loop_executor loop, size_t count) {
  for (size_t i = 0; i < count; ++i)
    co_await ask(to, loop);
}

/// Lets coroutines on every loop cross `count` times in all and waits.
void cross(loop_pool& pool, const std::vector<caf::actor>& actors,
           size_t count) {
  auto askers = pool.size() * coroutines_per_loop;
  std::latch done{static_cast<std::ptrdiff_t>(askers)};
  for (size_t i = 0; i < askers; ++i) {
    auto at = i % pool.size();
    auto loop = pool.at(at).get_executor();
    asio::co_spawn(loop, asker(actors[at], loop, count / askers),
                   [&](std::exception_ptr) { done.count_down(); });
  }
  done.wait();
}

figures measure(loop_pool& pool, const std::vector<caf::actor>& actors,
                size_t count) {
  cross(pool, actors, warmup);
  auto before = usage_now();
  cross(pool, actors, count);
  span took{before, usage_now()};
  auto idle_from = usage_now();
  std::this_thread::sleep_for(idle_time);
  span idle{idle_from, usage_now()};
  return {took.rate(count), took.cpu_per(count),
          idle.cpu_us / idle.seconds / 1e4};
}

void end(caf::actor_system& system, std::vector<caf::actor>& actors) {
  caf::scoped_actor self{system, true};
  for (auto& each : std::exchange(actors, {})) {
    self->send_exit(each, caf::exit_reason::user_shutdown);
    self->wait_for(each);
  }
}

/// Actors on the loops, each loop its own.
figures on_loops(size_t loops, size_t count) {
  loop_pool pool{loops};
  system_config config{pool};
  figures result;
  caf::actor_system system{config};
  std::vector<caf::actor> actors;
  for (size_t i = 0; i < loops; ++i)
    actors.push_back(spawn_pinned(system, i, answerer));
  result = measure(pool, actors, count);
  end(system, actors);
  return result;
}

/// The loops beside CAF's own work stealing scheduler with as many threads.
figures on_caf(size_t threads, size_t count) {
  caf::actor_system_config config;
  config.set("scheduler.max-threads", threads);
  config.set("scheduler.policy", caf::atom("stealing"));
  caf::actor_system system{config};
  loop_pool pool{threads};
  pool.start([] {
    // nop: CAF's logger never was on these threads
  });
  std::vector<caf::actor> actors;
  for (size_t i = 0; i < threads; ++i)
    actors.push_back(system.spawn(answerer));
  auto result = measure(pool, actors, count);
  end(system, actors);
  pool.stop();
  caf::logger::set_current_actor_system(nullptr);
  return result;
}

std::vector<int> first_cores(size_t count) {
  std::vector<int> result;
  for (size_t i = 0; i < count; ++i)
    result.push_back(static_cast<int>(i));
  return result;
}

template <class Run>
figures medians(Run run) {
  std::vector<double> rates;
  std::vector<double> costs;
  std::vector<double> idles;
  for (size_t i = 0; i < repetitions; ++i) {
    auto one = run();
    rates.push_back(one.per_second);
    costs.push_back(one.cpu_us);
    idles.push_back(one.idle_percent);
  }
  return {median(rates), median(costs), median(idles)};
}

void compare(size_t threads, size_t count) {
  pin(first_cores(threads));
  auto ours = medians([&] { return on_loops(threads, count); });
  auto theirs = medians([&] { return on_caf(threads, count / 4); });
  auto print = [&](const char* name, const figures& row) {
    std::printf("%-22s %zu %16.0f %12.2f %10.2f %%\n", name, threads,
                row.per_second, row.cpu_us, row.idle_percent);
  };
  print("loop_scheduler", ours);
  print("CAF work stealing", theirs);
  std::printf("%-22s %zu %15.1fx %11.1fx\n", "ratio", threads,
              ours.per_second / theirs.per_second, theirs.cpu_us / ours.cpu_us);
}

} // namespace

int main(int argc, char** argv) {
  auto count = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 400'000;
  std::printf("%-22s %s %14s %12s %12s\n", "crossings", "threads", "per second",
              "CPU us", "idle CPU");
  auto cores = std::thread::hardware_concurrency();
  for (size_t threads = 1; threads <= std::min(2u, cores); ++threads)
    compare(threads, count);
  return EXIT_SUCCESS;
}
