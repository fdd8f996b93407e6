// SPDX-License-Identifier: Apache-2.0
// byollm-standin: an LLM service for people and tests who have none at hand.
#include "app/standin/session.hpp"

#include <CLI/CLI.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <iostream>

namespace {

namespace asio = boost::asio;
using namespace byollm::standin;
using asio::ip::tcp;

constexpr auto use_task
  = asio::as_tuple(asio::use_awaitable_t<loop_executor>{});

using acceptor = asio::basic_socket_acceptor<tcp, loop_executor>;
using descriptor = asio::posix::basic_stream_descriptor<loop_executor>;

task<void> accept_all(acceptor& from, server& shared) {
  for (;;) {
    auto [error, socket] = co_await from.async_accept(use_task);
    if (!error) {
      asio::co_spawn(from.get_executor(), serve(std::move(socket), shared),
                     asio::detached);
      continue;
    }
    // Out of descriptors, most likely: let some sessions end first.
    std::cerr << "byollm-standin: accept: " << error.message() << '\n';
    asio::basic_waitable_timer<std::chrono::steady_clock,
                               asio::wait_traits<std::chrono::steady_clock>,
                               loop_executor>
      timer{from.get_executor(), std::chrono::milliseconds{50}};
    co_await timer.async_wait(use_task);
  }
}

task<void> stop_with_stdin(asio::io_context& loop) {
  // A duplicate, and never made non-blocking: the parent shares the file.
  descriptor input{loop.get_executor(), ::dup(STDIN_FILENO)};
  std::array<char, 256> ignored;
  for (;;) {
    co_await input.async_wait(descriptor::wait_read, use_task);
    if (::read(input.native_handle(), ignored.data(), ignored.size()) <= 0)
      break;
  }
  loop.stop();
}

options parse(CLI::App& app, int argc, char** argv) {
  options result;
  int64_t token_delay = result.token_delay.count();
  int64_t chunk_interval = 0;
  app.add_option("--port", result.port, "Port on 127.0.0.1; 0 chooses one");
  app
    .add_option("--token-delay-ms", token_delay,
                "Pause between streamed words (default 30)")
    ->check(CLI::Range(0, 60'000));
  app.add_flag("--until-stdin-closes", result.until_stdin_closes,
               "End when stdin does");
  std::string models = "keyed";
  app
    .add_option("--models", models,
                "Who gets the list of models: who has a good key (keyed), "
                "everybody (public), nobody (none)")
    ->check(CLI::IsMember({"keyed", "public", "none"}));
  app
    .add_option("--fixed-body-bytes", result.fixed_body_bytes,
                "Load mode: canned answers with so much text")
    ->check(CLI::Range(0, 16 * 1024 * 1024));
  app
    .add_option("--chunks", result.chunks,
                "Load mode: chunks of a streamed answer (default 16)")
    ->check(CLI::Range(0, 1'000'000));
  app
    .add_option("--chunk-interval-ms", chunk_interval,
                "Load mode: pause before each chunk")
    ->check(CLI::Range(0, 60'000));
  app.parse(argc, argv);
  result.models = models == "public" ? model_list::is_public
                  : models == "none" ? model_list::none
                                     : model_list::keyed;
  result.token_delay = std::chrono::milliseconds{token_delay};
  result.chunk_interval = std::chrono::milliseconds{chunk_interval};
  return result;
}

void run(const options& opts) {
  asio::io_context loop{1};
  server shared{opts, std::nullopt, 0};
  if (opts.load_mode())
    shared.canned.emplace(opts);
  acceptor listener{loop.get_executor(),
                    tcp::endpoint{asio::ip::address_v4::loopback(), opts.port}};
  asio::signal_set signals{loop, SIGINT, SIGTERM};
  signals.async_wait([&](auto, int) { loop.stop(); });
  asio::co_spawn(loop.get_executor(), accept_all(listener, shared),
                 asio::detached);
  if (opts.until_stdin_closes)
    asio::co_spawn(loop.get_executor(), stop_with_stdin(loop), asio::detached);
  std::cout << "listening on 127.0.0.1:" << listener.local_endpoint().port()
            << std::endl;
  loop.run();
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app{"A stand-in LLM on loopback that speaks the OpenAI, Anthropic "
               "and Ollama dialects. Key `standin-bad` is refused, "
               "`standin-forbidden` forbidden, `standin-unpaid` unpaid; models "
               "missing, floor-16, thinks-first and no-tools are what they "
               "say.",
               "byollm-standin"};
  try {
    run(parse(app, argc, argv));
  } catch (const CLI::ParseError& error) {
    return app.exit(error);
  } catch (const std::exception& error) {
    std::cerr << "byollm-standin: " << error.what() << '\n';
    return EXIT_FAILURE;
  }
  return EXIT_SUCCESS;
}
