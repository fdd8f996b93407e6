// SPDX-License-Identifier: Apache-2.0
#include "app/loop/loop_pool.hpp"

#include "app/loop/runtime_thread.hpp"
#include "messages/ports/thread_log.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <pthread.h>

#include <string>
#include <thread>
#include <utility>

namespace byollm {

namespace {

namespace asio = boost::asio;

struct place {
  loop_pool* pool = nullptr;
  size_t index = 0;
};

thread_local place here;

} // namespace

struct loop_pool::loop {
  std::optional<asio::io_context> io{std::in_place, 1};
  std::optional<asio::executor_work_guard<asio::io_context::executor_type>>
    keep_running;
  std::thread thread;
};

loop_pool::loop_pool(size_t loops, log_fn log)
    : loops_(std::make_unique<loop[]>(loops)),
      size_(loops),
      log_(std::move(log)) {
  // nop
}

loop_pool::~loop_pool() {
  stop();
}

size_t loop_pool::size() const noexcept {
  return size_;
}

asio::io_context& loop_pool::at(size_t index) {
  return *loops_[index].io;
}

void loop_pool::post(size_t index, std::function<void()> task) {
  asio::post(*loops_[index].io, std::move(task));
}

bool loop_pool::post_here(std::function<void()>& task) {
  if (!here.pool)
    return false;
  here.pool->post(here.index, std::move(task));
  return true;
}

void loop_pool::start(std::function<void()> at_end) {
  for (size_t i = 0; i < size_; ++i) {
    auto& started = loops_[i];
    started.keep_running.emplace(started.io->get_executor());
    started.thread = std::thread([this, i, at_end] {
      runtime_thread mark;
      here = {this, i};
      pthread_setname_np(pthread_self(),
                         ("byollm-" + std::to_string(i)).c_str());
      set_thread_log(log_);
      // What the host's code throws is caught where it is called.
      loops_[i].io->run();
      at_end();
      here = {};
    });
  }
}

void loop_pool::stop() {
  for (size_t i = 0; i < size_; ++i)
    loops_[i].keep_running.reset();
  for (size_t i = 0; i < size_; ++i)
    if (loops_[i].thread.joinable())
      loops_[i].thread.join();
}

void loop_pool::discard() {
  for (size_t i = 0; i < size_; ++i)
    loops_[i].io.reset();
}

std::optional<size_t> loop_pool::current() const noexcept {
  return here.pool == this ? std::optional{here.index} : std::nullopt;
}

} // namespace byollm
