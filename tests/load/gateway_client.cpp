// SPDX-License-Identifier: Apache-2.0
#include "tests/load/gateway_client.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace byollm::load {

namespace {

constexpr size_t piece_bytes = 64u << 10;
constexpr size_t stamp_bytes = 20;
constexpr std::string_view last_chunk = "0\r\n\r\n";

bool has(std::string_view head, std::string_view lower) {
  auto at = std::search(
    head.begin(), head.end(), lower.begin(), lower.end(),
    [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a | 0x20 : a) == b; });
  return at != head.end();
}

size_t length_of(std::string_view head) {
  constexpr std::string_view name = "content-length: ";
  auto at = std::search(
    head.begin(), head.end(), name.begin(), name.end(),
    [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a | 0x20 : a) == b; });
  size_t result = 0;
  if (at != head.end())
    std::from_chars(&*at + name.size(), head.data() + head.size(), result);
  return result;
}

} // namespace

gateway_client::gateway_client(uint16_t port, std::string request)
    : port_(port), request_(std::move(request)) {
  // nop
}

gateway_client::~gateway_client() {
  close();
}

bool gateway_client::open() {
  peer_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_port = htons(port_);
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  constexpr int on = 1;
  ::setsockopt(peer_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  if (::connect(peer_, reinterpret_cast<sockaddr*>(&at), sizeof(at)) == 0)
    return true;
  close();
  return false;
}

void gateway_client::close() {
  if (peer_ >= 0)
    ::close(peer_);
  peer_ = -1;
}

bool gateway_client::lose() {
  close();
  status_ = 0;
  return true;
}

bool gateway_client::send() {
  in_.clear();
  old_ = body_at_ = 0;
  if (closes_)
    close();
  closes_ = false;
  if (peer_ < 0 && !open())
    return false;
  auto done = ::send(peer_, request_.data(), request_.size(), MSG_NOSIGNAL);
  if (done == static_cast<ssize_t>(request_.size()))
    return true;
  close();
  return false;
}

bool gateway_client::read() {
  old_ = in_.size() - std::min(in_.size(), stamp_bytes - 1);
  // A stream's past is of no use.
  if (is_chunked_ && body_at_ > 0 && in_.size() > piece_bytes) {
    in_.erase(0, old_);
    old_ = 0;
  }
  auto size = in_.size();
  in_.resize(size + piece_bytes);
  auto got = ::recv(peer_, in_.data() + size, piece_bytes, MSG_DONTWAIT);
  in_.resize(size + static_cast<size_t>(std::max<ssize_t>(got, 0)));
  if (got < 0 && errno == EAGAIN)
    return false;
  return got <= 0 ? lose() : is_whole();
}

bool gateway_client::is_whole() {
  if (body_at_ == 0) {
    auto end = in_.find("\r\n\r\n");
    if (end == std::string::npos)
      return false;
    body_at_ = end + 4;
    auto head = std::string_view{in_}.substr(0, body_at_);
    std::from_chars(in_.data() + 9, in_.data() + 12, status_);
    is_chunked_ = has(head, "transfer-encoding: chunked");
    closes_ = has(head, "connection: close");
    length_ = length_of(head);
  }
  return is_chunked_ ? in_.ends_with(last_chunk)
                     : in_.size() >= body_at_ + length_;
}

std::string chat_request(std::string_view token, bool streams) {
  std::string body = R"({"model":"byollm","messages":[{"role":"system",)"
                     R"("content":"Answer in one sentence."},{"role":"user",)"
                     R"("content":"What is a gateway, and what is it for?"}])";
  body += streams ? R"(,"stream":true})" : "}";
  std::string made = "POST /v1/chat/completions HTTP/1.1\r\n"
                     "Host: localhost\r\nContent-Type: application/json\r\n"
                     "Authorization: Bearer ";
  made.append(token).append("\r\nContent-Length: ");
  made.append(std::to_string(body.size())).append("\r\n\r\n");
  return made + body;
}

// -- poller -------------------------------------------------------------------

poller::poller() : file_(::epoll_create1(EPOLL_CLOEXEC)) {
  // nop
}

poller::~poller() {
  ::close(file_);
}

void poller::watch(gateway_client& client) {
  epoll_event what{};
  what.events = EPOLLIN;
  what.data.ptr = &client;
  if (client.file() >= 0
      && ::epoll_ctl(file_, EPOLL_CTL_ADD, client.file(), &what) != 0)
    ::epoll_ctl(file_, EPOLL_CTL_MOD, client.file(), &what);
}

void poller::wait(std::chrono::microseconds longest,
                  const std::function<void(gateway_client&)>& readable) {
  std::array<epoll_event, 256> what{};
  timespec time{longest.count() / 1'000'000,
                longest.count() % 1'000'000 * 1'000};
  auto count = ::epoll_pwait2(file_, what.data(), what.size(), &time, nullptr);
  for (int i = 0; i < count; ++i)
    readable(
      *static_cast<gateway_client*>(what[static_cast<size_t>(i)].data.ptr));
}

} // namespace byollm::load
