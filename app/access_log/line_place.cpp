// SPDX-License-Identifier: Apache-2.0
#include "app/access_log/line_place.hpp"

#include <cerrno>
#include <climits>
#include <system_error>

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

namespace byollm {

namespace {

// How long one look at a place that takes nothing lasts.
constexpr int look_ms = 200;

std::string reason() {
  return std::generic_category().message(errno);
}

// A pipe without a reader would not even open.
bool is_file(int descriptor) noexcept {
  struct stat found {};
  return ::fstat(descriptor, &found) == 0
         && (S_ISREG(found.st_mode) || S_ISCHR(found.st_mode));
}

int open_file(const std::string& name) noexcept {
  return ::open(
    name.c_str(),
    O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0600);
}

} // namespace

line_place::~line_place() {
  if (descriptor_ >= 0)
    ::close(descriptor_);
}

expected<line_place> line_place::open(const std::string& name) {
  line_place out;
  auto is_stdout = name == "-";
  out.descriptor_
    = is_stdout ? ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3) : open_file(name);
  if (out.descriptor_ < 0)
    return failure{errc::invalid_config,
                   "the access log cannot be opened: " + reason(),
                   "log.access_file"};
  if (!is_stdout && !is_file(out.descriptor_))
    return failure{errc::invalid_config, "the access log is no file",
                   "log.access_file"};
  return out;
}

line_place line_place::of_stderr() noexcept {
  line_place out;
  out.descriptor_ = ::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
  return out;
}

bool line_place::write_at_once(std::string_view line) noexcept {
  struct stat found {};
  auto is_regular = ::fstat(descriptor_, &found) == 0 && S_ISREG(found.st_mode);
  pollfd one{descriptor_, POLLOUT, 0};
  // A pipe that takes something takes so much, and all of it.
  if (!is_regular && (line.size() > PIPE_BUF || ::poll(&one, 1, 0) <= 0))
    return false;
  auto count = ::write(descriptor_, line.data(), line.size());
  return count >= 0 || errno != EAGAIN;
}

expected<size_t> line_place::write(std::string_view bytes) {
  pollfd one{descriptor_, POLLOUT, 0};
  if (::poll(&one, 1, look_ms) <= 0)
    return size_t{0};
  struct stat found {};
  // What a pipe surely takes without a wait.
  if (::fstat(descriptor_, &found) == 0 && !S_ISREG(found.st_mode))
    bytes = bytes.substr(0, PIPE_BUF);
  auto count = ::write(descriptor_, bytes.data(), bytes.size());
  if (count >= 0)
    return static_cast<size_t>(count);
  if (errno == EAGAIN || errno == EINTR)
    return size_t{0};
  return failure{errc::unavailable, reason()};
}

} // namespace byollm
