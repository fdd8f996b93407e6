// SPDX-License-Identifier: Apache-2.0
#include "app/cli/key_input.hpp"

#include "messages/limits.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

namespace byollm::cli {

namespace {

failure no_key(const char* detail) {
  return {errc::invalid_key, detail, "key"};
}

// What a keyboard or an editor may leave behind a key; the runtime says which
// of it was removed.
constexpr size_t slack = 16;

bool is_blank(const wiped_bytes& bytes) noexcept {
  return std::all_of(bytes.begin(), bytes.end(), [](char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
  });
}

// Reads until `until` (or the end). Returns false if it is too long.
bool read_bytes(int fd, wiped_bytes& to, bool one_line) {
  std::array<char, 512> chunk;
  auto fits = true;
  while (fits) {
    auto count = ::read(fd, chunk.data(), one_line ? 1 : chunk.size());
    if (count < 0 && errno == EINTR)
      continue;
    if (count <= 0 || (one_line && chunk[0] == '\n'))
      break;
    to.insert(to.end(), chunk.begin(), chunk.begin() + count);
    fits = to.size() <= limits::key_bytes_max + slack;
  }
  OPENSSL_cleanse(chunk.data(), chunk.size());
  return fits;
}

expected<wiped_bytes> checked(wiped_bytes bytes, bool fits) {
  if (!fits)
    return no_key("that is too long to be a key");
  if (is_blank(bytes))
    return no_key("the key is empty; say --no-key for an LLM without one");
  return bytes;
}

// The terminal without echo, as long as it lives.
class quiet_terminal {
public:
  quiet_terminal() : fd_(::open("/dev/tty", O_RDWR | O_CLOEXEC)) {
    if (fd_ < 0 || ::tcgetattr(fd_, &before_) != 0)
      return;
    auto quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    // Ctrl-C must not leave the terminal mute: it arrives as a character.
    quiet.c_lflag &= ~static_cast<tcflag_t>(ISIG);
    quiet_ = ::tcsetattr(fd_, TCSAFLUSH, &quiet) == 0;
  }

  ~quiet_terminal() {
    if (quiet_)
      ::tcsetattr(fd_, TCSAFLUSH, &before_);
    if (fd_ >= 0)
      ::close(fd_);
  }

  quiet_terminal(const quiet_terminal&) = delete;
  quiet_terminal& operator=(const quiet_terminal&) = delete;

  bool is_quiet() const noexcept {
    return quiet_;
  }

  void say(std::string_view text) const {
    [[maybe_unused]] auto written = ::write(fd_, text.data(), text.size());
  }

  int fd() const noexcept {
    return fd_;
  }

private:
  int fd_;
  termios before_{};
  bool quiet_ = false;
};

} // namespace

expected<wiped_bytes> key_from_stdin() {
  wiped_bytes bytes;
  auto fits = read_bytes(STDIN_FILENO, bytes, false);
  return checked(std::move(bytes), fits);
}

expected<wiped_bytes> key_from_prompt() {
  quiet_terminal terminal;
  if (!terminal.is_quiet())
    return no_key("there is no terminal to ask for the key; pipe it in");
  terminal.say("API key (not shown): ");
  wiped_bytes bytes;
  auto fits = read_bytes(terminal.fd(), bytes, true);
  terminal.say("\n");
  constexpr char ctrl_c = 3;
  if (std::find(bytes.begin(), bytes.end(), ctrl_c) != bytes.end())
    return failure{errc::cancelled, "no key was entered"};
  return checked(std::move(bytes), fits);
}

} // namespace byollm::cli
