// SPDX-License-Identifier: Apache-2.0
#include "tests/support/scripted_upstream.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>
#include <utility>

namespace byollm::test {

namespace {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;

using asio::awaitable;
using asio::redirect_error;
using asio::use_awaitable;
using asio::ip::tcp;
using boost::system::error_code;

using tls_stream = ssl::stream<tcp::socket>;

tcp::socket& socket_of(tcp::socket& stream) {
  return stream;
}

tcp::socket& socket_of(tls_stream& stream) {
  return stream.next_layer();
}

size_t length_in(const seen_request& request) {
  size_t result = 0;
  auto text = request.header("Content-Length");
  std::from_chars(text.data(), text.data() + text.size(), result);
  return result;
}

} // namespace

// -- scripts ------------------------------------------------------------------

upstream_script& upstream_script::add(step next) {
  steps_.push_back(std::move(next));
  return *this;
}

upstream_script& upstream_script::expect() {
  return add(read_step{true});
}

upstream_script& upstream_script::expect_head() {
  return add(read_step{false});
}

upstream_script& upstream_script::send(std::string bytes) {
  return add(send_step{std::move(bytes), 1});
}

upstream_script& upstream_script::drip(std::string bytes) {
  return add(drip_step{std::move(bytes)});
}

upstream_script& upstream_script::flood(std::string bytes, size_t times) {
  return add(send_step{std::move(bytes), times});
}

upstream_script& upstream_script::wait(std::string event) {
  return add(wait_step{std::move(event)});
}

upstream_script& upstream_script::update_keys(size_t times) {
  return add(keys_step{times});
}

upstream_script& upstream_script::close() {
  return add(end_step{end_step::how::close});
}

upstream_script& upstream_script::cut() {
  return add(end_step{end_step::how::cut});
}

upstream_script& upstream_script::reset() {
  return add(end_step{end_step::how::reset});
}

upstream_script& upstream_script::again() {
  return add(again_step{});
}

// -- requests -----------------------------------------------------------------

std::string_view seen_request::header(std::string_view name) const noexcept {
  auto line = "\r\n" + std::string{name} + ": ";
  auto at = head.find(line);
  if (at == std::string::npos)
    return {};
  auto from = at + line.size();
  return std::string_view{head}.substr(from, head.find("\r\n", from) - from);
}

std::string ok_response(std::string_view body, std::string_view more_headers) {
  std::string result = "HTTP/1.1 200 OK\r\nContent-Length: ";
  result += std::to_string(body.size()) + "\r\n";
  result.append(more_headers).append("\r\n").append(body);
  return result;
}

std::string chunked_head() {
  return "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
}

std::string chunk(std::string_view body) {
  char digits[16];
  auto end = std::to_chars(digits, digits + sizeof(digits), body.size(), 16);
  std::string result{digits, end.ptr};
  result.append("\r\n").append(body).append("\r\n");
  return result;
}

// -- the server ---------------------------------------------------------------

struct scripted_upstream::impl : std::enable_shared_from_this<impl> {
  impl(asio::io_context& io, std::vector<upstream_script> todo)
      : loop(io),
        acceptor(io, tcp::endpoint{asio::ip::address_v4::loopback(), 0}),
        raised(io, asio::steady_timer::time_point::max()),
        scripts(std::move(todo)) {
    // nop
  }

  // All that a connection's coroutine needs, kept alive by it.
  template <class Stream>
  struct session {
    std::shared_ptr<impl> up;
    Stream stream;
    size_t index;
    upstream_script script;
    std::string buffer = {};
    bool ended = false;
  };

  void use(const tls_identity& identity) {
    tls.emplace(ssl::context::tls_server);
    // It may be as bad as a test wants it.
    auto ctx = tls->native_handle();
    SSL_CTX_set_security_level(ctx, 0);
    auto version = identity.version;
    SSL_CTX_set_min_proto_version(ctx, version ? version : TLS1_2_VERSION);
    SSL_CTX_set_max_proto_version(ctx, version);
    tls->use_certificate_chain(asio::buffer(identity.certificate));
    tls->use_private_key(asio::buffer(identity.key), ssl::context::pem);
  }

  // Not a member: an upstream may be gone before this begins.
  static awaitable<void> accept_all(std::shared_ptr<impl> self) {
    for (;;) {
      error_code ec;
      auto socket = co_await self->acceptor.async_accept(
        redirect_error(use_awaitable, ec));
      if (ec)
        co_return;
      socket.set_option(tcp::no_delay{true}, ec);
      self->begin(std::move(socket));
    }
  }

  void begin(tcp::socket socket) {
    auto self = shared_from_this();
    auto index = connections++;
    ++open;
    auto& script = scripts[std::min(index - rewritten, scripts.size() - 1)];
    if (tls)
      spawn(
        session<tls_stream>{self, {std::move(socket), *tls}, index, script});
    else
      spawn(session<tcp::socket>{self, std::move(socket), index, script});
  }

  template <class Stream>
  void spawn(session<Stream> one) {
    asio::co_spawn(loop, serve(std::move(one)), asio::detached);
  }

  template <class Stream>
  static awaitable<void> serve(session<Stream> one) {
    error_code ec;
    if constexpr (std::is_same_v<Stream, tls_stream>)
      co_await one.stream.async_handshake(ssl::stream_base::server,
                                          redirect_error(use_awaitable, ec));
    auto& steps = one.script.steps();
    for (size_t at = 0; !ec && !one.ended && at < steps.size();)
      at = co_await play(one, steps[at], at, ec);
    // Who says nothing any more still notices the other side's end.
    char byte;
    while (!ec && !one.ended)
      one.up->received += co_await one.stream.async_read_some(
        asio::buffer(&byte, 1), redirect_error(use_awaitable, ec));
    --one.up->open;
  }

  // Returns the place of the next step.
  template <class Stream>
  static awaitable<size_t> play(session<Stream>& one,
                                const upstream_script::step& step, size_t at,
                                error_code& ec) {
    using script = upstream_script;
    if (auto read = std::get_if<script::read_step>(&step))
      co_await receive(one, read->body, ec);
    else if (auto write = std::get_if<script::send_step>(&step))
      for (size_t i = 0; !ec && i < write->times; ++i)
        co_await send(one, write->bytes, ec);
    else if (auto slow = std::get_if<script::drip_step>(&step))
      for (size_t i = 0; !ec && i < slow->bytes.size(); ++i)
        co_await send(one, std::string_view{slow->bytes}.substr(i, 1), ec);
    else if (auto wait = std::get_if<script::wait_step>(&step))
      co_await await_event(one, wait->event, ec);
    else if (auto keys = std::get_if<script::keys_step>(&step))
      co_await update_keys(one, keys->times, ec);
    else if (auto end = std::get_if<script::end_step>(&step))
      co_await finish(one, end->ends);
    else
      co_return 0;
    co_return at + 1;
  }

  template <class Stream>
  static awaitable<void> receive(session<Stream>& one, bool with_body,
                                 error_code& ec) {
    auto before = one.buffer.size();
    auto size = co_await asio::async_read_until(
      one.stream, asio::dynamic_buffer(one.buffer), "\r\n\r\n",
      redirect_error(use_awaitable, ec));
    one.up->received += one.buffer.size() - before;
    if (ec)
      co_return;
    seen_request seen{one.index, one.buffer.substr(0, size), {}};
    one.buffer.erase(0, size);
    auto length = with_body ? length_in(seen) : 0;
    if (one.buffer.size() < length)
      one.up->received += co_await asio::async_read(
        one.stream, asio::dynamic_buffer(one.buffer),
        asio::transfer_exactly(length - one.buffer.size()),
        redirect_error(use_awaitable, ec));
    seen.body = one.buffer.substr(0, length);
    one.buffer.erase(0, seen.body.size());
    one.up->requests.push_back(std::move(seen));
  }

  template <class Stream>
  static awaitable<void> send(session<Stream>& one, std::string_view bytes,
                              error_code& ec) {
    one.up->sent += co_await asio::async_write(
      one.stream, asio::buffer(bytes), redirect_error(use_awaitable, ec));
  }

  template <class Stream>
  static awaitable<void> await_event(session<Stream>& one,
                                     const std::string& event,
                                     const error_code&) {
    error_code woken;
    while (!one.up->events.contains(event) && !one.up->stopped)
      co_await one.up->raised.async_wait(redirect_error(use_awaitable, woken));
  }

  template <class Stream>
  static awaitable<void> update_keys(session<Stream>& one, size_t times,
                                     error_code& ec) {
    if constexpr (std::is_same_v<Stream, tls_stream>)
      for (size_t i = 0; !ec && i < times; ++i) {
        SSL_key_update(one.stream.native_handle(), SSL_KEY_UPDATE_REQUESTED);
        // Nothing is written without a byte of data or a handshake.
        co_await one.stream.async_handshake(ssl::stream_base::server,
                                            redirect_error(use_awaitable, ec));
      }
    co_return;
  }

  template <class Stream>
  static awaitable<void> finish(session<Stream>& one,
                                upstream_script::end_step::how ends) {
    using how = upstream_script::end_step::how;
    one.ended = true;
    error_code ec;
    auto& socket = socket_of(one.stream);
    if (ends == how::reset)
      socket.set_option(asio::socket_base::linger{true, 0}, ec);
    if constexpr (std::is_same_v<Stream, tls_stream>)
      if (ends == how::close)
        co_await one.stream.async_shutdown(redirect_error(use_awaitable, ec));
    socket.close(ec);
    co_return;
  }

  asio::io_context& loop;
  tcp::acceptor acceptor;
  asio::steady_timer raised;
  std::optional<ssl::context> tls;
  std::vector<upstream_script> scripts;
  std::vector<seen_request> requests;
  std::set<std::string> events;
  size_t connections = 0;
  // Connections accepted before these scripts.
  size_t rewritten = 0;
  size_t open = 0;
  uint64_t sent = 0;
  uint64_t received = 0;
  bool stopped = false;
};

scripted_upstream::scripted_upstream(asio::io_context& loop,
                                     std::vector<upstream_script> scripts,
                                     const tls_identity* tls)
    : impl_(std::make_shared<impl>(loop, std::move(scripts))) {
  if (tls)
    impl_->use(*tls);
  asio::co_spawn(loop, impl::accept_all(impl_), asio::detached);
}

scripted_upstream::~scripted_upstream() {
  impl_->stopped = true;
  impl_->raised.cancel();
  error_code ec;
  impl_->acceptor.close(ec);
}

uint16_t scripted_upstream::port() const noexcept {
  error_code ec;
  return impl_->acceptor.local_endpoint(ec).port();
}

void scripted_upstream::rewrite(std::vector<upstream_script> scripts) {
  impl_->scripts = std::move(scripts);
  impl_->rewritten = impl_->connections;
}

void scripted_upstream::raise(std::string event) {
  impl_->events.insert(std::move(event));
  impl_->raised.cancel();
}

const std::vector<seen_request>& scripted_upstream::requests() const noexcept {
  return impl_->requests;
}

size_t scripted_upstream::connections() const noexcept {
  return impl_->connections;
}

size_t scripted_upstream::open_connections() const noexcept {
  return impl_->open;
}

uint64_t scripted_upstream::sent_bytes() const noexcept {
  return impl_->sent;
}

uint64_t scripted_upstream::received_bytes() const noexcept {
  return impl_->received;
}

size_t scripted_upstream::resumed() const noexcept {
  if (!impl_->tls)
    return 0;
  return static_cast<size_t>(SSL_CTX_sess_hits(impl_->tls->native_handle()));
}

} // namespace byollm::test
