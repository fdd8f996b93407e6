// SPDX-License-Identifier: Apache-2.0
#include "app/daemon/daemon.hpp"

#include "app/access_log/access_log.hpp"
#include "app/daemon/heartbeat.hpp"
#include "app/daemon/loop_timers.hpp"
#include "app/daemon/observers.hpp"
#include "app/http/server.hpp"
#include "app/process/open_files.hpp"
#include "app/runtime/ids.hpp"
#include "app/runtime/internals.hpp"
#include "app/service/parts.hpp"
#include "app/service/router.hpp"
#include "app/trace/sender.hpp"
#include "messages/calendar.hpp"
#include "messages/forward_clock.hpp"
#include "messages/limits.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <future>
#include <mutex>
#include <optional>
#include <utility>

namespace byollm::daemon {

namespace {

using clock = std::chrono::steady_clock;

// How long a change waits for a loop that may hang.
constexpr std::chrono::seconds change_patience{5};

// Of what is no address the server says so.
bool is_elsewhere(const std::string& address) {
  boost::system::error_code ec;
  auto parsed = boost::asio::ip::make_address(address, ec);
  return !ec && !parsed.is_loopback();
}

service::open_turns::open_fn opener_of(const runtime& of) {
  return
    [&of](turn_request request, std::function<void(expected<context>)> opened) {
      of.open_turn(std::move(request)).then(std::move(opened));
    };
}

// Where lines go; outlives whoever writes one.
struct outlets {
  explicit outlets(const config& how)
      : log(how.least, how.format), access(log.writer()) {
    // nop
  }

  live_log log;
  access_log access;
};

} // namespace

struct daemon::impl {
  impl(std::unique_ptr<outlets> lines, std::shared_ptr<watching> who,
       std::unique_ptr<runtime> started)
      : out(std::move(lines)),
        watch(std::move(who)),
        serves(std::move(started)),
        inside(*serves),
        parts{*serves, service::open_turns{opener_of(*serves)},
              service::workers{[this](const service_token_view& token) {
                return is_good(token);
              }}} {
    parts.after = alarms_of(inside.io(0));
    parts.new_id = new_uuid;
    parts.unix_ms = unix_ms_now;
    parts.watch = &watch->all;
    parts.metrics = [this] { return watch->numbers.text(now()); };
    sweep = std::make_unique<metronome>(
      inside.io(0), limits::open_turn_sweep,
      [this] { parts.turns.sweep(unix_ms_forward()); });
    keep_alive
      = std::make_unique<metronome>(inside.io(0), limits::event_keep_alive,
                                    [this] { parts.hands.keep_alive(); });
    heart.emplace(inside.loops(), [this](size_t i, std::function<void()> task) {
      boost::asio::post(inside.io(i), std::move(task));
    });
  }

  status listen(const config& how) {
    if (how.tcp && !how.is_remote && is_elsewhere(how.tcp->address))
      return failure{errc::invalid_config,
                     "other machines reach this address; remote = true lets "
                     "them",
                     "listen.http"};
    http::server_options options;
    options.allow_remote = how.is_remote;
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
    options.on_end
      = [this](const http::record& told) { out->access.write(told); };
    tcp = how.tcp;
    parts.site.set(how.site);
    auto started = start_server(std::move(options));
    if (!started)
      return started.error();
    set_server(*std::move(started));
    listens->keep_records(out->access.is_on());
    if (how.collector) {
      sends = std::make_shared<trace::sender>(inside.io(0), *how.collector,
                                              watch->spans);
      sends->start();
    }
    serves->access().serve_logins(pages_at(how.site));
    return listen_for_metrics(how);
  }

  // Whoever reaches it reads them, and nothing else is there.
  status listen_for_metrics(const config& how) {
    if (!how.metrics)
      return unit{};
    http::server_options options;
    options.tcp = how.metrics;
    options.allowed_hosts = how.allowed_hosts;
    options.bounds.connections = limits::metrics_connections_max;
    options.bounds.body_bytes = 0;
    options.on_request = [this](const http::exchange_ptr& at) {
      auto is_it
        = at->asked().method == "GET" && at->asked().path == "/metrics";
      at->reply(is_it ? service::metrics_answer(parts.metrics())
                      : http::answer{404, "", ""});
    };
    auto started = start_server(std::move(options));
    if (!started)
      return started.error();
    tells = *std::move(started);
    return unit{};
  }

  expected<std::unique_ptr<http::server>>
  start_server(http::server_options options) {
    std::vector<boost::asio::io_context*> loops;
    for (size_t i = 0; i < inside.loops(); ++i) {
      loops.push_back(&inside.io(i));
      options.clocks.push_back(&inside.clock(i));
    }
    return http::server::start(std::move(loops), std::move(options));
  }

  metrics::readings now() const {
    metrics::readings made;
    made.runtime = serves->stats();
    made.spans_sent = watch->spans->sent();
    made.spans_dropped = watch->spans->dropped();
    made.spans_waiting = watch->spans->size();
    std::lock_guard guard{mutex};
    if (listens) {
      made.http_connections = listens->connections();
      made.http_exchanges = listens->open_exchanges();
    }
    return made;
  }

  // Its own requests may ask for its numbers.
  void set_server(std::unique_ptr<http::server> next) {
    std::lock_guard guard{mutex};
    listens.swap(next);
  }

  status change(const config& next) {
    // What may fail comes first.
    auto lines = access_log::open(next.access);
    if (!lines)
      return lines.error();
    out->log.change(next.least, next.format);
    out->access.change(next.access, *std::move(lines));
    listens->keep_records(out->access.is_on());
    inside.change(next.runtime);
    parts.site.set(next.site);
    serves->access().serve_logins(pages_at(next.site));
    allow_hosts(next.allowed_hosts);
    return unit{};
  }

  void allow_hosts(const std::vector<std::string>& names) {
    struct waiting {
      explicit waiting(size_t loops) : left(loops) {
        // nop
      }

      std::atomic<size_t> left;
      std::promise<void> all;
    };
    auto know = std::make_shared<waiting>(inside.loops());
    auto all = know->all.get_future();
    if (tells)
      tells->allow_hosts(names, [] {});
    listens->allow_hosts(names, [know] {
      if (--know->left == 0)
        know->all.set_value();
    });
    all.wait_for(change_patience);
  }

  // Where people log in; empty without TCP.
  std::string pages_at(const pages::site& site) const {
    if (!tcp || !site.origin.empty())
      return site.origin;
    auto is_v6 = tcp->address.find(':') != std::string::npos;
    auto host = is_v6 ? '[' + tcp->address + ']' : tcp->address;
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

  // Returns whether all ended before `until`, or it is to hurry.
  bool wait_until_idle(clock::time_point until) {
    std::unique_lock guard{mutex};
    while (listens && !is_idle() && !hurries && clock::now() < until)
      hurried.wait_for(guard, std::chrono::milliseconds{20});
    return !listens || is_idle();
  }

  std::unique_ptr<outlets> out;
  /// The runtime tells them to its end.
  std::shared_ptr<watching> watch;
  std::unique_ptr<runtime> serves;
  runtime_internals inside;
  service::parts parts;
  std::unique_ptr<metronome> sweep;
  std::unique_ptr<metronome> keep_alive;
  /// Changed under the lock.
  std::unique_ptr<http::server> listens;
  std::unique_ptr<http::server> tells;
  std::shared_ptr<trace::sender> sends;
  /// What is listened on.
  std::optional<http::tcp_place> tcp;
  bool has_stopped = false;

  mutable std::mutex mutex;
  std::condition_variable hurried;
  bool hurries = false;
  /// Until the loops end.
  std::optional<heartbeat> heart;
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
  options.master_key_variable = master_key_variable;
  auto lines = access_log::open(how.access);
  if (!lines)
    return lines.error();
  auto outlet = std::make_unique<outlets>(how);
  outlet->access.change(how.access, *std::move(lines));
  options.log = outlet->log.writer();
  auto watch = std::make_shared<watching>(how);
  options.watch = {watch, &watch->all};
  auto started = runtime::start(std::move(options));
  if (!started)
    return started.error();
  auto made = std::make_unique<impl>(std::move(outlet), std::move(watch),
                                     *std::move(started));
  std::unique_ptr<daemon> out{new daemon(std::move(made))};
  if (auto listening = out->impl_->listen(how); !listening)
    return listening.error();
  return out;
}

uint16_t daemon::port() const noexcept {
  return impl_->listens->port();
}

uint16_t daemon::metrics_port() const noexcept {
  return impl_->tells ? impl_->tells->port() : uint16_t{0};
}

status daemon::change(const config& next) {
  return impl_->change(next);
}

bool daemon::beat() {
  std::lock_guard guard{impl_->mutex};
  return !impl_->heart || impl_->heart->beat();
}

std::vector<size_t> daemon::silent_loops() const {
  std::lock_guard guard{impl_->mutex};
  return impl_->heart ? impl_->heart->silent() : std::vector<size_t>{};
}

log_fn daemon::log() const {
  return impl_->out->log.writer();
}

void daemon::hurry() {
  std::lock_guard guard{impl_->mutex};
  impl_->hurries = true;
  impl_->hurried.notify_all();
  impl_->inside.gate()->hurry();
}

void daemon::close() noexcept {
  impl_->parts.is_stopping = true;
}

bool daemon::stop(std::chrono::milliseconds deadline) {
  auto& self = *impl_;
  auto until = clock::now() + deadline;
  close();
  self.has_stopped = true;
  auto is_idle = self.wait_until_idle(until);
  self.parts.hands.stop();
  self.sweep->stop();
  self.keep_alive->stop();
  // Nothing of a loop may outlive it.
  self.sweep.reset();
  self.keep_alive.reset();
  self.tells.reset();
  self.set_server(nullptr);
  if (auto sends = std::exchange(self.sends, nullptr))
    sends->stop(limits::spans_stop_patience);
  {
    std::lock_guard guard{self.mutex};
    self.heart.reset();
  }
  auto left = std::max(std::chrono::milliseconds{0},
                       std::chrono::duration_cast<std::chrono::milliseconds>(
                         until - clock::now()));
  auto stopped = self.serves->stop(left);
  return is_idle && stopped && *stopped;
}

} // namespace byollm::daemon
