// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages/expected.hpp"

#include <boost/asio/io_context.hpp>

#include <filesystem>
#include <memory>

namespace byollm {

class runtime;

/// Serves operations on `owner.sock` in the data directory, mode 0600, for
/// processes of our own user and root. Destroying it refuses new operations,
/// cancels running chats and removes the socket; it does not wait.
class owner_server {
public:
  class impl;

  explicit owner_server(std::shared_ptr<impl> self);
  owner_server(const owner_server&) = delete;
  owner_server& operator=(const owner_server&) = delete;
  ~owner_server();

private:
  std::shared_ptr<impl> impl_;
};

/// Starts serving `of` on `io`. The caller holds the lock of `data_directory`,
/// so a socket file that is there is a dead owner's and is replaced.
/// Thread: any; `io` is run by one thread. `of` must live until that thread has
/// been joined, longer than the server. Errors: `store_unavailable`.
expected<std::unique_ptr<owner_server>>
start_owner_server(boost::asio::io_context& io,
                   const std::filesystem::path& data_directory,
                   const runtime& of);

} // namespace byollm
