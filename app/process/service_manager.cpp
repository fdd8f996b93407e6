// SPDX-License-Identifier: Apache-2.0
#include "app/process/service_manager.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <ctime>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace byollm {

namespace {

// Out of the environment, so that no child of ours speaks for us.
std::string take(const char* name) {
  auto value = std::getenv(name);
  std::string out{value ? value : ""};
  ::unsetenv(name);
  return out;
}

std::optional<int64_t> number_in(const std::string& text) noexcept {
  int64_t value = 0;
  auto end = text.data() + text.size();
  auto [stop, error] = std::from_chars(text.data(), end, value);
  if (text.empty() || error != std::errc{} || stop != end || value <= 0)
    return std::nullopt;
  return value;
}

// Returns the address as connect(2) takes it; empty if it is none.
std::string address_of(const std::string& place) {
  sockaddr_un at{};
  at.sun_family = AF_UNIX;
  if (place.size() < 2 || place.size() >= sizeof(at.sun_path)
      || (place.front() != '/' && place.front() != '@'))
    return {};
  std::ranges::copy(place, at.sun_path);
  // "@name" is a name without a file: it has no end but its length.
  auto is_abstract = place.front() == '@';
  if (is_abstract)
    at.sun_path[0] = '\0';
  auto size
    = offsetof(sockaddr_un, sun_path) + place.size() + (is_abstract ? 0 : 1);
  return {reinterpret_cast<const char*>(&at), size};
}

int64_t monotonic_us() noexcept {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1'000;
}

std::string with_state(std::string words, std::string_view state) {
  return words.append("\nSTATUS=").append(state);
}

} // namespace

service_manager::service_manager() : place_(address_of(take("NOTIFY_SOCKET"))) {
  auto patience = number_in(take("WATCHDOG_USEC"));
  auto whose = take("WATCHDOG_PID");
  auto is_ours = whose.empty() || number_in(whose) == ::getpid();
  if (!place_.empty() && patience && is_ours)
    patience_ = std::chrono::microseconds{*patience};
}

void service_manager::tell_ready(std::string_view state) const {
  tell(with_state("READY=1", state));
}

// The time lets it see that this is an answer to its own signal.
void service_manager::tell_reloading() const {
  tell("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(monotonic_us()));
}

void service_manager::tell_stopping(std::string_view state) const {
  tell(with_state("STOPPING=1", state));
}

void service_manager::tell_alive() const {
  tell("WATCHDOG=1", MSG_DONTWAIT);
}

// A socket each time: it may have been restarted since the last word.
void service_manager::tell(const std::string& words, int flags) const {
  if (place_.empty())
    return;
  auto out = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (out < 0)
    return;
  constexpr timeval a_second{1, 0};
  ::setsockopt(out, SOL_SOCKET, SO_SNDTIMEO, &a_second, sizeof(a_second));
  sockaddr_un at{};
  std::memcpy(&at, place_.data(), place_.size());
  ::sendto(out, words.data(), words.size(), flags | MSG_NOSIGNAL,
           reinterpret_cast<const sockaddr*>(&at),
           static_cast<socklen_t>(place_.size()));
  ::close(out);
}

} // namespace byollm
