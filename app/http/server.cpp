// SPDX-License-Identifier: Apache-2.0
#include "app/http/server.hpp"

#include "app/http/listener.hpp"
#include "app/http/socket_file.hpp"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>

#include <atomic>
#include <utility>

namespace byollm::http {

namespace asio = boost::asio;

class server::impl {
public:
  impl(const std::vector<asio::io_context*>& loops, server_options options)
      : site_(std::make_shared<site>(std::move(options))),
        lanes_(std::make_shared<lane_ring>()) {
    auto& clocks = site_->options.clocks;
    for (size_t i = 0; i < loops.size(); ++i)
      lanes_->all.push_back(std::make_shared<lane>(
        *loops[i], i < clocks.size() ? clocks[i] : nullptr, site_));
  }

  status listen() {
    auto& options = site_->options;
    auto& loop = lanes_->all.front()->loop;
    if (options.tcp) {
      auto made = listen_on(loop, *options.tcp, options.allow_remote);
      if (!made)
        return std::move(made).error();
      port_ = port_of(*made);
      add(*std::move(made), false);
    }
    if (!options.unix_path.empty()) {
      socket_acceptor open{loop.get_executor()};
      auto made = socket_file::make(open, options.unix_path, options.unix_mode);
      if (!made)
        return std::move(made).error();
      file_.emplace(*std::move(made));
      add(std::move(open), true);
    }
    for (auto& made : listeners_)
      made->start();
    return unit{};
  }

  void stop_accepting() {
    for (auto& made : std::exchange(listeners_, {}))
      made->stop();
    file_.reset();
  }

  void drain(std::function<void()> drained) {
    stop_accepting();
    site_->drain(std::move(drained));
    for (auto& each : lanes_->all)
      asio::post(each->loop, [each] { each->retire(); });
    // With no connection, there is nobody else to tell.
    asio::post(lanes_->all.front()->loop,
               [shared = site_] { shared->tell_if_drained(); });
  }

  void cut() {
    stop_accepting();
    for (auto& each : lanes_->all)
      asio::post(each->loop, [each] { each->cut(); });
  }

  void allow_hosts(std::vector<std::string> names,
                   const std::function<void()>& done) {
    auto known = std::make_shared<const lane::names>(std::move(names));
    for (auto& each : lanes_->all)
      asio::post(each->loop, [each, known, done] {
        each->own_hosts = known;
        done();
      });
  }

  void keep_records(bool wanted) noexcept {
    site_->keep_records(wanted);
  }

  uint16_t port() const noexcept {
    return port_;
  }

  const site& shared() const noexcept {
    return *site_;
  }

private:
  struct lane_ring {
    std::vector<std::shared_ptr<lane>> all;
    /// Used on the first loop only.
    size_t turn = 0;
  };

  void add(socket_acceptor open, bool is_local) {
    auto choose
      = [ring = lanes_] { return ring->all[ring->turn++ % ring->all.size()]; };
    listeners_.push_back(
      std::make_shared<listener>(std::move(open), choose, is_local));
  }

  std::shared_ptr<site> site_;
  std::shared_ptr<lane_ring> lanes_;
  std::vector<std::shared_ptr<listener>> listeners_;
  std::optional<socket_file> file_;
  uint16_t port_ = 0;
};

expected<std::unique_ptr<server>>
server::start(std::vector<asio::io_context*> loops, server_options options) {
  if (loops.empty())
    return failure{errc::invalid_config, "there is no loop", "loops"};
  if (!options.on_request)
    return failure{errc::invalid_config, "nobody handles requests",
                   "on_request"};
  auto made = std::make_shared<impl>(loops, std::move(options));
  if (auto listening = made->listen(); !listening)
    return listening.error();
  return std::make_unique<server>(std::move(made));
}

server::server(std::shared_ptr<impl> self) : impl_(std::move(self)) {
  // nop
}

server::~server() {
  impl_->cut();
}

uint16_t server::port() const noexcept {
  return impl_->port();
}

void server::stop_accepting() {
  impl_->stop_accepting();
}

void server::drain(std::function<void()> drained) {
  impl_->drain(std::move(drained));
}

void server::allow_hosts(std::vector<std::string> names,
                         const std::function<void()>& done) {
  impl_->allow_hosts(std::move(names), done);
}

void server::keep_records(bool wanted) noexcept {
  impl_->keep_records(wanted);
}

size_t server::open_exchanges() const noexcept {
  return impl_->shared().exchanges;
}

size_t server::connections() const noexcept {
  return impl_->shared().connections;
}

} // namespace byollm::http
