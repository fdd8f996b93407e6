// SPDX-License-Identifier: Apache-2.0
#include "app/trace/collector.hpp"

#include "messages/limits.hpp"
#include "providers/net/name_resolver.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include <utility>

namespace byollm::trace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using error = boost::system::error_code;

namespace {

std::vector<tcp::endpoint> endpoints_of(const std::vector<ip_bytes>& found,
                                        uint16_t port) {
  std::vector<tcp::endpoint> result;
  for (const auto& bytes : found) {
    asio::ip::address_v6 address{bytes};
    if (address.is_v4_mapped())
      result.emplace_back(
        asio::ip::make_address_v4(asio::ip::v4_mapped, address), port);
    else
      result.emplace_back(address, port);
  }
  return result;
}

} // namespace

/// One request on a connection of its own: there is one a second at most.
class collector::request : public std::enable_shared_from_this<request> {
public:
  request(asio::io_context& loop, std::function<void(bool)> done)
      : socket_(loop), timer_(loop), done_(std::move(done)) {
    answer_.body_limit(limits::collector_answer_bytes_max);
  }

  void start(name_resolver& names, const base_url& to, std::string body) {
    asked_.method(http::verb::post);
    asked_.target(to.path() + "/v1/traces");
    asked_.set(http::field::host, to.at().host_header());
    asked_.set(http::field::user_agent, "byollm");
    asked_.set(http::field::content_type, "application/json");
    asked_.keep_alive(false);
    asked_.body() = std::move(body);
    asked_.prepare_payload();
    timer_.expires_after(limits::collector_timeout);
    timer_.async_wait([self = shared_from_this()](error ec) {
      if (!ec)
        self->end(false);
    });
    // Not by Asio's, for which a stop would wait as long as name servers do.
    net::lookup what{to.at().host()};
    what.patience = limits::collector_timeout;
    names.resolve(what, [self = shared_from_this(),
                         port = to.at().port()](const net::addresses& found) {
      if (!found || self->is_over_)
        return self->end(false);
      self->connect(endpoints_of(*found, port));
    });
  }

  /// Ends it without a word.
  void drop() {
    done_ = nullptr;
    end(false);
  }

private:
  template <class Step>
  void go_on(error ec, Step next) {
    if (ec || is_over_)
      return end(false);
    next();
  }

  void connect(const std::vector<tcp::endpoint>& found) {
    asio::async_connect(
      socket_, found,
      [self = shared_from_this()](error ec, const tcp::endpoint&) {
        self->go_on(ec, [&] { self->write(); });
      });
  }

  void write() {
    http::async_write(socket_, asked_,
                      [self = shared_from_this()](error ec, size_t) {
                        self->go_on(ec, [&] { self->read(); });
                      });
  }

  void read() {
    http::async_read(socket_, buffer_, answer_,
                     [self = shared_from_this()](error ec, size_t) {
                       auto& got = self->answer_;
                       self->end(!ec && got.get().result() == http::status::ok);
                     });
  }

  void end(bool is_taken) {
    if (std::exchange(is_over_, true))
      return;
    error ignored;
    timer_.cancel();
    socket_.close(ignored);
    if (auto done = std::exchange(done_, nullptr))
      done(is_taken);
  }

  tcp::socket socket_;
  asio::steady_timer timer_;
  std::function<void(bool)> done_;
  http::request<http::string_body> asked_;
  boost::beast::flat_buffer buffer_;
  http::response_parser<http::string_body> answer_;
  bool is_over_ = false;
};

collector::collector(asio::io_context& loop, base_url at)
    : loop_(loop),
      at_(std::move(at)),
      names_(make_system_resolver(loop, std::make_shared<net::lookup_desk>())) {
  // nop
}

collector::~collector() {
  if (auto left = running_.lock())
    left->drop();
}

void collector::post(std::string body, std::function<void(bool)> done) {
  auto made = std::make_shared<request>(loop_, std::move(done));
  running_ = made;
  made->start(*names_, at_, std::move(body));
}

} // namespace byollm::trace
