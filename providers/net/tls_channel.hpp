// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "providers/net/tcp_channel.hpp"
#include "providers/net/tls_session.hpp"

#include <string>
#include <vector>

namespace byollm::net {

/// A channel that speaks TLS: moves ciphertext between the socket and a
/// session.
class tls_channel final : public tcp_channel {
public:
  tls_channel(boost::asio::io_context& loop, std::unique_ptr<tls_session> tls);

  void write(std::string body) override;
  void read() override;
  bool is_quiet() noexcept override;

private:
  using result = tls_session::result;

  void on_connected() override;
  void on_received(error_code ec, size_t size) override;
  void on_sent(error_code ec, size_t size) override;

  void shake_hands();
  void take_plaintext();
  void encrypt_more();
  void flush();
  void send_out();
  void receive_ciphertext();

  std::unique_ptr<tls_session> tls_;
  std::vector<char> in_;
  std::string out_;      ///< Being sent.
  std::string out_next_; ///< Waits for `out_`.
  size_t body_done_ = 0;
  uint32_t empty_reads_ = 0;
  bool is_open_ = false;
  bool is_ended_ = false;
  bool write_failed_ = false;
  bool is_sending_ = false;
  bool is_writing_ = false;
  bool has_sent_ = false;
};

} // namespace byollm::net
