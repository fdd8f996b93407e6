// SPDX-License-Identifier: Apache-2.0
#include "app/daemon/daemon.hpp"

#include "app/http/server.hpp"
#include "app/process/open_files.hpp"
#include "app/runtime/ids.hpp"
#include "app/runtime/internals.hpp"
#include "app/service/parts.hpp"
#include "app/service/router.hpp"
#include "messages/calendar.hpp"
#include "messages/limits.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace byollm::daemon {

namespace {

using clock = std::chrono::steady_clock;
using boost::asio::steady_timer;

// What `after` promises, on one loop.
service::parts::after_fn alarms_of(boost::asio::io_context& io) {
  return [&io](std::chrono::milliseconds delay, std::function<void()> task) {
    auto timer = std::make_shared<steady_timer>(io);
    boost::asio::post(io, [timer, delay, task = std::move(task)] {
      timer->expires_after(delay);
      timer->async_wait([timer, task](boost::system::error_code ec) {
        if (!ec)
          task();
      });
    });
    return std::function<void()>{
      [timer, &io] { boost::asio::post(io, [timer] { timer->cancel(); }); }};
  };
}

// Runs `task` on a loop again and again until it is stopped.
class metronome {
public:
  metronome(boost::asio::io_context& io, std::chrono::milliseconds every,
            std::function<void()> task)
      : every_(every),
        task_(std::move(task)),
        timer_(std::make_shared<steady_timer>(io)) {
    boost::asio::post(io, [this] { wait(); });
  }

  /// Afterwards the task does not run. Not on the loop.
  void stop() {
    std::unique_lock guard{mutex_};
    boost::asio::post(timer_->get_executor(), [this] {
      std::lock_guard inside{mutex_};
      is_over_ = true;
      timer_->cancel();
      over_.notify_all();
    });
    over_.wait(guard, [this] { return is_over_; });
  }

private:
  void wait() {
    timer_->expires_after(every_);
    timer_->async_wait([this](boost::system::error_code ec) {
      if (ec || is_over_)
        return;
      task_();
      wait();
    });
  }

  const std::chrono::milliseconds every_;
  const std::function<void()> task_;
  std::shared_ptr<steady_timer> timer_;
  std::mutex mutex_;
  std::condition_variable over_;
  bool is_over_ = false;
};

} // namespace

struct daemon::impl {
  explicit impl(std::unique_ptr<runtime> started)
      : serves(std::move(started)),
        inside(*serves),
        parts{*serves, service::open_turns{*serves},
              service::workers{[this](const service_token_view& token) {
                return is_good(token);
              }}} {
    parts.after = alarms_of(inside.io(0));
    parts.new_id = new_uuid;
    parts.unix_ms = unix_ms_now;
    sweep = std::make_unique<metronome>(
      inside.io(0), limits::open_turn_sweep,
      [this] { parts.turns.sweep(unix_ms_now()); });
    keep_alive
      = std::make_unique<metronome>(inside.io(0), limits::event_keep_alive,
                                    [this] { parts.hands.keep_alive(); });
  }

  status listen(const config& how) {
    http::server_options options;
    options.on_request
      = [this](const http::exchange_ptr& at) { service::route(parts, at); };
    options.on_head = [this](const http::request& head) {
      return service::look_at_head(parts, head);
    };
    // Each connection may need another file, to a provider.
    options.bounds.connections
      = std::min(options.bounds.connections, open_files_max() / 2);
    options.unix_path = how.socket;
    options.unix_mode = how.socket_mode;
    options.tcp = how.tcp;
    options.allowed_hosts = how.allowed_hosts;
    options.on_error
      = [this](int status, std::string_view why, const http::request* head) {
          return service::refusal_of(parts, status, why, head);
        };
    std::vector<boost::asio::io_context*> loops;
    for (size_t i = 0; i < inside.loops(); ++i) {
      loops.push_back(&inside.io(i));
      options.clocks.push_back(&inside.clock(i));
    }
    parts.site = how.site;
    auto started = http::server::start(std::move(loops), std::move(options));
    if (!started)
      return started.error();
    listens = *std::move(started);
    serves->access().serve_logins(pages_at(how));
    return unit{};
  }

  // Where people log in; empty without TCP.
  std::string pages_at(const config& how) const {
    if (!how.tcp || !how.site.origin.empty())
      return how.site.origin;
    auto is_v6 = how.tcp->address.find(':') != std::string::npos;
    auto host = is_v6 ? '[' + how.tcp->address + ']' : how.tcp->address;
    return "http://" + host + ':' + std::to_string(listens->port());
  }

  bool is_good(const service_token_view& token) const {
    auto known = serves->access().tokens();
    return std::ranges::find(known, token) != known.end();
  }

  // What runs: functions, and calls beside them. A worker's own stream is an
  // exchange that does not end.
  bool is_idle() const {
    return parts.hands.running() == 0
           && listens->open_exchanges() == parts.hands.count();
  }

  std::unique_ptr<runtime> serves;
  runtime_internals inside;
  service::parts parts;
  std::unique_ptr<metronome> sweep;
  std::unique_ptr<metronome> keep_alive;
  std::unique_ptr<http::server> listens;
  bool has_stopped = false;
};

daemon::daemon(std::unique_ptr<impl> self) : impl_(std::move(self)) {
  // nop
}

daemon::~daemon() {
  if (!impl_->has_stopped)
    stop(std::chrono::milliseconds{0});
}

expected<std::unique_ptr<daemon>> daemon::start(const config& how) {
  auto options = how.runtime;
  options.owner_socket = true;
  options.master_key_variable = "BYOLLM_MASTER_KEY";
  options.log = make_log(how.least, how.format);
  auto started = runtime::start(std::move(options));
  if (!started)
    return started.error();
  auto made = std::make_unique<impl>(*std::move(started));
  std::unique_ptr<daemon> out{new daemon(std::move(made))};
  if (auto listening = out->impl_->listen(how); !listening)
    return listening.error();
  return out;
}

uint16_t daemon::port() const noexcept {
  return impl_->listens->port();
}

bool daemon::stop(std::chrono::milliseconds deadline) {
  auto& self = *impl_;
  auto until = clock::now() + deadline;
  self.parts.is_stopping = true;
  self.has_stopped = true;
  auto is_idle = !self.listens || self.is_idle();
  while (!is_idle && clock::now() < until) {
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
    is_idle = self.is_idle();
  }
  self.parts.hands.stop();
  self.sweep->stop();
  self.keep_alive->stop();
  // Nothing of a loop may outlive it.
  self.sweep.reset();
  self.keep_alive.reset();
  self.listens.reset();
  auto left = std::max(std::chrono::milliseconds{0},
                       std::chrono::duration_cast<std::chrono::milliseconds>(
                         until - clock::now()));
  auto stopped = self.serves->stop(left);
  return is_idle && stopped && *stopped;
}

} // namespace byollm::daemon
