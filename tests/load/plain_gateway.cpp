// SPDX-License-Identifier: Apache-2.0
// byollm-plain-gateway: what anyone would write first who has to pass requests
// on and to keep two durable rows of each: Beast as its examples use it, a kept
// connection to the LLM for each client's, whole messages, and a thread that
// commits what came in during its last commit. No tenants, keys, limits,
// dialects or metrics, no stream, no look at what it passes on. gateway.py
// measures byollmd beside it.
#include "tests/load/bare_table.hpp"
#include "tests/load/must.hpp"
#include "tests/load/plain_ledger.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include <CLI/CLI.hpp>

#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <mutex>
#include <thread>

namespace {

using namespace byollm;
using namespace byollm::load;
namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::use_awaitable;
using asio::ip::tcp;

constexpr std::chrono::seconds timeout{30};

/// Commits rows on a thread of its own, for one loop.
class row_writer {
public:
  using commit = std::function<status(size_t)>;

  row_writer(asio::io_context& loop, commit write)
      : loop_(loop), write_(std::move(write)), thread_([this] { run(); }) {
    // nop
  }

  /// Ends when one more row is durable.
  asio::awaitable<void> add() {
    return asio::async_initiate<decltype(use_awaitable), void()>(
      [this](auto handler) {
        auto kept = std::make_shared<decltype(handler)>(std::move(handler));
        std::lock_guard guard{mutex_};
        waiting_.push_back([kept] { std::move (*kept)(); });
        more_.notify_one();
      },
      use_awaitable);
  }

private:
  void run() {
    for (;;) {
      std::vector<std::function<void()>> batch;
      {
        std::unique_lock guard{mutex_};
        more_.wait(guard, [this] { return !waiting_.empty(); });
        batch.swap(waiting_);
      }
      must(write_(batch.size()));
      asio::post(loop_, [batch = std::move(batch)] {
        for (const auto& each : batch)
          each();
      });
    }
  }

  asio::io_context& loop_;
  commit write_;
  std::mutex mutex_;
  std::condition_variable more_;
  std::vector<std::function<void()>> waiting_;
  // Ends with the process.
  std::thread thread_;
};

struct gateway {
  tcp::endpoint llm;
  std::unique_ptr<row_writer> rows = nullptr;
};

asio::awaitable<void> pass_on(const gateway& by, beast::tcp_stream client) {
  beast::tcp_stream llm{co_await asio::this_coro::executor};
  co_await llm.async_connect(by.llm, use_awaitable);
  for (auto* each : {&client, &llm})
    each->socket().set_option(tcp::no_delay{true});
  beast::flat_buffer asked, answered;
  for (;;) {
    http::request<http::string_body> request;
    client.expires_after(timeout);
    co_await http::async_read(client, asked, request, use_awaitable);
    if (by.rows)
      co_await by.rows->add();
    llm.expires_after(timeout);
    co_await http::async_write(llm, request, use_awaitable);
    http::response<http::string_body> response;
    co_await http::async_read(llm, answered, response, use_awaitable);
    if (by.rows)
      co_await by.rows->add();
    client.expires_after(timeout);
    co_await http::async_write(client, response, use_awaitable);
  }
}

asio::awaitable<void> accept(const gateway& by, tcp::acceptor& at) {
  for (;;) {
    auto client = co_await at.async_accept(use_awaitable);
    // Whoever leaves ends the coroutine.
    asio::co_spawn(at.get_executor(),
                   pass_on(by, beast::tcp_stream{std::move(client)}),
                   [](const std::exception_ptr&) {});
  }
}

row_writer::commit into(const std::string& ledger, const std::string& file) {
  auto records
    = std::make_shared<std::vector<record_bytes>>(must(encoded_records()));
  auto writing = [&records](auto opened) {
    auto table = std::make_shared<decltype(opened)>(std::move(opened));
    return
      [records, table](size_t rows) { return table->commit(*records, rows); };
  };
  if (ledger == "bare")
    return writing(must(bare_table::open(file)));
  return writing(must(plain_ledger::open(file)));
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app{"Passes HTTP requests on, and keeps two rows of each."};
  uint16_t port = 0;
  std::string ledger = "bare", file;
  app.add_option("--llm", port, "the LLM's port on 127.0.0.1")->required();
  app
    .add_option("--ledger", ledger,
                "none; bare: a table with a row per record; plain: also "
                "hashes, a tree, a bill, and reading back")
    ->check(CLI::IsMember({"none", "bare", "plain"}));
  app.add_option("--file", file, "a new file for the rows")->required();
  CLI11_PARSE(app, argc, argv);
  asio::io_context loop{1};
  gateway made{{asio::ip::address_v4::loopback(), port}};
  if (ledger != "none")
    made.rows = std::make_unique<row_writer>(loop, into(ledger, file));
  tcp::acceptor at{loop, {asio::ip::address_v4::loopback(), 0}};
  at.listen(4096);
  asio::co_spawn(loop, accept(made, at), asio::detached);
  std::printf("http://127.0.0.1:%d\n", at.local_endpoint().port());
  std::fflush(stdout);
  loop.run();
}
