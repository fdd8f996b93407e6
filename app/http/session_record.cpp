// SPDX-License-Identifier: Apache-2.0
#include "app/http/session.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <cstring>
#include <utility>

namespace byollm::http {

namespace asio = boost::asio;

namespace {

std::string address_of(const session::socket& peer) {
  boost::system::error_code ec;
  auto from = peer.remote_endpoint(ec);
  asio::ip::tcp::endpoint at;
  if (ec || from.size() > at.capacity())
    return {};
  std::memcpy(at.data(), from.data(), from.size());
  at.resize(from.size());
  return at.address().to_string();
}

} // namespace

void session::begin_record() {
  if (!lane_->shared->keeps_records())
    return;
  record_ = std::make_unique<record>();
  record_->began = lane_->clock.now();
  record_->is_local = is_local_;
  if (!is_local_)
    record_->peer = address_of(peer_);
}

void session::record_head(const request& head) {
  if (record_)
    describe_head(head, *record_);
}

void session::record_answer(const answer& head) {
  if (!record_)
    return;
  record_->status = head.status;
  for (const auto& [name, value] : head.said)
    set_note(record_->said, name, value);
}

void session::record_sent(size_t count) {
  if (!record_)
    return;
  record_->bytes_out += count;
  // Not with `100 Continue`.
  if (state_ != state::reading && !record_->first_byte)
    record_->first_byte = lane_->clock.now() - record_->began;
}

void session::end_record(bool is_cut) {
  auto told = std::exchange(record_, nullptr);
  if (!told)
    return;
  told->took = lane_->clock.now() - told->began;
  told->is_cut = is_cut;
  told->is_torn = !is_cut && is_torn_;
  if (current_)
    for (const auto& [name, value] : current_->take_notes())
      set_note(told->said, name, value);
  options_.on_end(*told);
}

} // namespace byollm::http
