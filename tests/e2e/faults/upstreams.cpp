// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/faults/upstreams.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>

#include <future>
#include <optional>
#include <thread>

namespace byollm::test {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

// A port that is taken and refuses everybody, or an upstream at it.
struct place {
  place(asio::io_context& loop, std::vector<upstream_script> scripts) {
    if (scripts.empty())
      taken.emplace(loop, tcp::endpoint{asio::ip::address_v4::loopback(), 0});
    else
      upstream.emplace(loop, std::move(scripts));
  }

  uint16_t port() const {
    return upstream ? upstream->port() : taken->local_endpoint().port();
  }

  std::optional<tcp::socket> taken;
  std::optional<scripted_upstream> upstream;
};

} // namespace

struct upstreams::impl {
  impl() : keep(loop.get_executor()), thread([this] { loop.run(); }) {
    // nop
  }

  ~impl() {
    loop.stop();
    thread.join();
  }

  // Runs `what` on the thread that the upstreams belong to.
  template <class Work>
  auto there(Work what) {
    std::packaged_task<decltype(what())()> task{std::move(what)};
    auto done = task.get_future();
    asio::post(loop, [&task] { task(); });
    return done.get();
  }

  asio::io_context loop;
  asio::executor_work_guard<asio::io_context::executor_type> keep;
  std::vector<std::unique_ptr<place>> places;
  std::thread thread;
};

upstreams::upstreams() : impl_(std::make_unique<impl>()) {
  // nop
}

upstreams::~upstreams() = default;

size_t upstreams::add(std::vector<upstream_script> scripts) {
  return impl_->there([&] {
    auto& places = impl_->places;
    places.push_back(std::make_unique<place>(impl_->loop, std::move(scripts)));
    return places.size() - 1;
  });
}

std::string upstreams::url(size_t which) const {
  auto port = impl_->there([&] { return impl_->places[which]->port(); });
  return "http://127.0.0.1:" + std::to_string(port);
}

std::vector<seen_request> upstreams::seen(size_t which) const {
  return impl_->there([&] {
    const auto& upstream = impl_->places[which]->upstream;
    return upstream ? upstream->requests() : std::vector<seen_request>{};
  });
}

void upstreams::rewrite(size_t which, std::vector<upstream_script> scripts) {
  impl_->there(
    [&] { impl_->places[which]->upstream->rewrite(std::move(scripts)); });
}

void upstreams::raise(const std::string& event) {
  impl_->there([&] {
    for (auto& one : impl_->places)
      if (one->upstream)
        one->upstream->raise(event);
  });
}

} // namespace byollm::test
