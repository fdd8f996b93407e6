// SPDX-License-Identifier: Apache-2.0
#include "tests/load/thin_client.hpp"

#include <array>
#include <charconv>
#include <cstring>
#include <utility>

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace byollm::load {

namespace {

constexpr std::string_view line_end = "\r\n";
constexpr std::string_view head_end = "\r\n\r\n";
constexpr size_t read_bytes = 16u << 10;

failure lost() {
  return {errc::connection_lost, "byollmd hung up"};
}

int connect_to(const std::string& path) {
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  if (path.size() >= sizeof to.sun_path)
    return -1;
  std::memcpy(to.sun_path, path.data(), path.size());
  auto made = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (made >= 0
      && ::connect(made, reinterpret_cast<const sockaddr*>(&to), sizeof to)
           == 0)
    return made;
  ::close(made);
  return -1;
}

size_t number_at(std::string_view text, size_t from, int base) {
  size_t result = 0;
  if (from < text.size())
    std::from_chars(text.data() + from, text.data() + text.size(), result,
                    base);
  return result;
}

int status_in(std::string_view head) {
  return static_cast<int>(number_at(head, sizeof "HTTP/1.1", 10));
}

size_t length_in(std::string_view head) {
  constexpr std::string_view name = "Content-Length: ";
  auto at = head.find(name);
  return at == std::string_view::npos ? 0
                                      : number_at(head, at + name.size(), 10);
}

} // namespace

thin_client::thin_client(const std::string& socket, std::string token)
    : token_(std::move(token)), peer_(connect_to(socket)) {
  // nop
}

thin_client::~thin_client() {
  if (peer_ >= 0)
    ::close(peer_);
}

expected<thin_client::answer> thin_client::post(std::string_view path,
                                                std::string_view body,
                                                std::string_view token) {
  if (auto sent = send(path, body, token); !sent)
    return sent.error();
  auto head = take_until(head_end);
  if (!head)
    return head.error();
  auto whole = take(length_in(*head));
  if (!whole)
    return whole.error();
  return answer{status_in(*head), *std::move(whole)};
}

status thin_client::open_stream(std::string_view path, std::string_view body) {
  if (auto sent = send(path, body, {}); !sent)
    return sent;
  auto head = take_until(head_end);
  if (!head)
    return head.error();
  if (status_in(*head) != 200)
    return failure{errc::protocol, *head};
  return unit{};
}

expected<thin_client::event> thin_client::next_event() {
  constexpr std::string_view name = "event: ";
  constexpr std::string_view data = "\ndata: ";
  for (;;) {
    auto end = text_.find("\n\n");
    if (end == std::string::npos) {
      auto size = take_until(line_end);
      auto chunk = size ? take(number_at(*size, 0, 16)) : size;
      auto closed = chunk ? take_until(line_end) : chunk;
      if (!closed || chunk->empty())
        return lost();
      text_ += *chunk;
      continue;
    }
    auto text = text_.substr(0, end);
    text_.erase(0, end + 2);
    auto cut = text.find(data);
    // A comment is a sign of life.
    if (text.starts_with(name) && cut != std::string::npos)
      return event{text.substr(name.size(), cut - name.size()),
                   text.substr(cut + data.size())};
  }
}

status thin_client::send(std::string_view path, std::string_view body,
                         std::string_view token) {
  out_.assign("POST ").append(path).append(" HTTP/1.1\r\nHost: localhost\r\n");
  out_.append("Authorization: Bearer ").append(token.empty() ? token_ : token);
  out_.append("\r\nContent-Type: application/json\r\nContent-Length: ");
  out_.append(std::to_string(body.size())).append(head_end).append(body);
  for (std::string_view left = out_; !left.empty();) {
    auto count = ::send(peer_, left.data(), left.size(), MSG_NOSIGNAL);
    if (count <= 0)
      return lost();
    left.remove_prefix(static_cast<size_t>(count));
  }
  return unit{};
}

expected<std::string> thin_client::take_until(std::string_view end) {
  size_t at = 0;
  while ((at = in_.find(end)) == std::string::npos)
    if (auto more = read_more(); !more)
      return more.error();
  auto taken = in_.substr(0, at);
  in_.erase(0, at + end.size());
  return taken;
}

expected<std::string> thin_client::take(size_t count) {
  while (in_.size() < count)
    if (auto more = read_more(); !more)
      return more.error();
  auto taken = in_.substr(0, count);
  in_.erase(0, count);
  return taken;
}

status thin_client::read_more() {
  std::array<char, read_bytes> bytes;
  // Who blocks in `recv` is woken (on the peer's time) when the peer reads,
  // too; a loop of events is not, and that is what clients have.
  pollfd wanted{peer_, POLLIN, 0};
  ::poll(&wanted, 1, -1);
  auto count = ::recv(peer_, bytes.data(), bytes.size(), 0);
  if (count <= 0)
    return lost();
  in_.append(bytes.data(), static_cast<size_t>(count));
  return unit{};
}

} // namespace byollm::load
