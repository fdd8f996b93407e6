// SPDX-License-Identifier: Apache-2.0
#include "tests/load/rivals.hpp"
#include "tests/load/tally.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include <string>
#include <thread>

namespace byollm::load {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::use_awaitable;

constexpr std::chrono::seconds timeout{30};

http::request<http::string_body> make_request(const rival_order& order) {
  http::request<http::string_body> made{http::verb::post,
                                        "/v1/chat/completions", 11};
  made.set(http::field::host, "127.0.0.1");
  made.set(http::field::user_agent, "stock");
  made.set(http::field::authorization, "Bearer load-key-stock");
  made.set(http::field::content_type, "application/json");
  made.body() = R"({"model":"standin-1","messages":[{"role":"user","content":")"
                + std::string(order.message_bytes, 'x') + R"("}]})";
  made.prepare_payload();
  return made;
}

asio::awaitable<void> call(beast::tcp_stream& stream,
                           beast::flat_buffer& buffer,
                           http::request<http::string_body> request) {
  stream.expires_after(timeout);
  co_await http::async_write(stream, request, use_awaitable);
  http::response<http::string_body> response;
  stream.expires_after(timeout);
  co_await http::async_read(stream, buffer, response, use_awaitable);
  if (response.result() != http::status::ok)
    throw std::runtime_error("the stand-in refused");
}

asio::awaitable<void> caller(const rival_order& order, tally& board) {
  beast::tcp_stream stream{co_await asio::this_coro::executor};
  stream.expires_after(timeout);
  co_await stream.async_connect(
    asio::ip::tcp::endpoint{asio::ip::address_v4::loopback(), order.port},
    use_awaitable);
  stream.socket().set_option(asio::ip::tcp::no_delay{true});
  beast::flat_buffer buffer;
  auto request = make_request(order);
  std::vector<uint32_t> latencies;
  while (board.draw()) {
    auto began = std::chrono::steady_clock::now();
    co_await call(stream, buffer, request);
    std::chrono::nanoseconds took = std::chrono::steady_clock::now() - began;
    if (board.is_warm())
      latencies.push_back(static_cast<uint32_t>(took.count()));
    board.call_ended();
  }
  board.add(std::move(latencies));
}

void run_loop(const rival_order& order, size_t callers, tally& board) {
  asio::io_context loop{1};
  for (size_t i = 0; i < callers; ++i)
    asio::co_spawn(loop, caller(order, board), [&](std::exception_ptr thrown) {
      if (!thrown)
        return;
      board.fail({errc::connection_lost, "a stock call failed"});
      loop.stop();
    });
  loop.run();
}

} // namespace

expected<rival_result> run_stock(const rival_order& order) {
  tally board{order};
  std::vector<std::thread> threads;
  for (size_t i = 0; i < order.loops; ++i)
    threads.emplace_back([&, i] {
      auto callers = (order.concurrency + i) / order.loops;
      run_loop(order, callers, board);
    });
  for (auto& each : threads)
    each.join();
  return board.result();
}

} // namespace byollm::load
