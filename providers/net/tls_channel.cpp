// SPDX-License-Identifier: Apache-2.0
#include "providers/net/tls_channel.hpp"

#include "messages/limits.hpp"

#include <boost/asio/buffer.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace byollm::net {

namespace asio = boost::asio;

namespace {

// One record and its frame, so that most answers are one read.
constexpr size_t ciphertext_bytes = limits::read_buffer_bytes + 512;
// How much of a body is encrypted ahead of the socket.
constexpr size_t body_piece_bytes = 64u << 10;
// Reads in a row that bring records without a byte of an answer (key updates,
// tickets): more than any real server sends.
constexpr uint32_t empty_reads_max = 32;

} // namespace

tls_channel::tls_channel(boost::asio::io_context& loop,
                         std::unique_ptr<tls_session> tls)
    : tcp_channel(loop, ciphertext_bytes), tls_(std::move(tls)) {
  // nop
}

// -- handshake ----------------------------------------------------------------

void tls_channel::on_connected() {
  shake_hands();
}

void tls_channel::shake_hands() {
  auto done = tls_->handshake();
  flush();
  switch (done) {
  case result::ok:
    is_open_ = true;
    return tell_open(unit{});
  case result::more:
    return receive_ciphertext();
  case result::closed:
    return tell_open(failure{errc::tls_failed, "the server hung up"});
  case result::broken:
    return tell_open(tls_->why());
  }
}

// -- reading ------------------------------------------------------------------

void tls_channel::read() {
  // After the peer's end there is nothing to wait for, not even TCP's end.
  if (is_ended_)
    return receive({});
  receive_ciphertext();
}

void tls_channel::receive_ciphertext() {
  in_.resize(read_size_);
  receive({in_.data(), in_.size()});
}

void tls_channel::on_received(error_code ec, size_t size) {
  // The end of TCP without TLS's own end is a cut, whoever made it.
  if (ec && !is_open_)
    return tell_open(failure{errc::tls_failed, "the server hung up"});
  if (is_ended_)
    return tell_read(read_end::closed);
  if (ec)
    return tell_read(read_end::broken);
  adapt_read_size(size);
  if (tls_->put({in_.data(), size}) != result::ok)
    return is_open_ ? tell_read(read_end::broken) : tell_open(tls_->why());
  if (!is_open_)
    return shake_hands();
  take_plaintext();
}

// Plaintext is never longer than its ciphertext, but a record that began in
// earlier reads may end in this one. By way of the stack: room for the longest
// in each connection's own buffer would be most of its memory.
void tls_channel::take_plaintext() {
  std::array<char, 2 * ciphertext_bytes> clear;
  size_t size = 0;
  auto how = tls_->read(clear, size);
  asio::buffer_copy(unused_.prepare(size), asio::buffer(clear.data(), size));
  unused_.commit(size);
  // A key update wants an answer.
  flush();
  if (how == result::broken)
    return tell_read(read_end::broken);
  is_ended_ = how == result::closed;
  if (is_ended_ && size == 0)
    return tell_read(read_end::closed);
  if (size > 0) {
    empty_reads_ = 0;
    return tell_read(read_end::bytes);
  }
  if (++empty_reads_ > empty_reads_max)
    return tell_read(read_end::broken);
  receive_ciphertext();
}

bool tls_channel::is_quiet() noexcept {
  // The peer's end may have come with the last answer, in one read.
  return !is_ended_ && !is_sending_ && tls_->is_empty()
         && tcp_channel::is_quiet();
}

// -- writing ------------------------------------------------------------------

void tls_channel::write(std::string body) {
  body_ = std::move(body);
  body_done_ = 0;
  is_writing_ = true;
  has_sent_ = false;
  write_failed_ = tls_->write(head_.bytes()) != result::ok;
  head_.release();
  encrypt_more();
}

void tls_channel::encrypt_more() {
  auto piece = std::string_view{body_}.substr(body_done_, body_piece_bytes);
  body_done_ += piece.size();
  if (!write_failed_ && !piece.empty())
    write_failed_ = tls_->write(piece) != result::ok;
  flush();
  // A send of nothing: the end must be told, but never from inside.
  if (!is_sending_)
    send_out();
}

void tls_channel::flush() {
  tls_->take(out_next_);
  if (is_sending_ || out_next_.empty())
    return;
  out_.clear();
  std::swap(out_, out_next_);
  send_out();
}

void tls_channel::send_out() {
  is_sending_ = true;
  send(out_, {});
}

void tls_channel::on_sent(error_code ec, size_t size) {
  is_sending_ = false;
  out_.clear();
  if (!events_)
    return;
  has_sent_ = has_sent_ || (is_writing_ && size > 0);
  if (ec || write_failed_) {
    // While hands are shaken, the read tells.
    if (std::exchange(is_writing_, false))
      tell_written(false, has_sent_);
    return;
  }
  if (is_writing_ && body_done_ < body_.size())
    return encrypt_more();
  flush();
  if (is_writing_ && !is_sending_) {
    is_writing_ = false;
    tell_written(true, has_sent_);
  }
}

channel_ptr make_channel(boost::asio::io_context& loop,
                         std::unique_ptr<tls_session> tls) {
  if (tls)
    return std::make_shared<tls_channel>(loop, std::move(tls));
  return std::make_shared<tcp_channel>(loop);
}

} // namespace byollm::net
