// SPDX-License-Identifier: Apache-2.0
// A host whose own code is asio coroutines; adapter.hpp is taken from
// docs/embedding.md.
#include "adapter.hpp"

#include <iostream>

namespace asio = boost::asio;

namespace {

using namespace byollm;

asio::awaitable<bool> converse(runtime& rt) {
  auto home = std::this_thread::get_id();
  // Not inside the co_await: GCC 12 destroys an aggregate there twice.
  turn_request turn{.tenant = "acme", .user = "ada", .extension = "notes"};
  auto ctx = co_await as_awaitable(rt.open_turn(turn));
  if (!ctx)
    co_return false;
  create_message_request hello;
  hello.messages = {{role::user, {text_block{"Hello, asio."}}}};
  auto reply = co_await as_awaitable(ctx->llm().create_message(hello));
  if (!reply)
    co_return false;
  std::cerr << "awaitable: " << reply->text() << '\n';
  co_return std::this_thread::get_id() == home && !on_runtime_thread();
}

} // namespace

int main(int, char** argv) { // DIRECTORY URL
  auto rt = runtime::start({.data_directory = argv[1]});
  if (!rt)
    return 1;
  auto admin = (*rt)->admin();
  llm_settings own{.provider = "anthropic",
                   .model = "standin-model",
                   .base_url = argv[2],
                   .key = "a-key-of-nobody"};
  if (!admin.allow_origin("acme", argv[2], true, "admin").get()
      || !admin.set_user_llm("acme", "ada", own, "ada").get())
    return 2;
  asio::io_context loop;
  auto good = false;
  asio::co_spawn(loop, converse(**rt), [&](std::exception_ptr error, bool ok) {
    good = !error && ok;
  });
  loop.run();
  return good ? 0 : 3;
}
