// SPDX-License-Identifier: Apache-2.0
#include "app/cli/demo/standin.hpp"

#include <array>
#include <cerrno>
#include <optional>
#include <string_view>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace byollm::demo {

namespace {

failure not_started(const char* detail) {
  return {errc::unavailable, detail, "byollm-standin"};
}

struct pipe_ends {
  int read = -1;
  int write = -1;
};

// Close-on-exec: the child gets its own ends only.
std::optional<pipe_ends> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0)
    return std::nullopt;
  return pipe_ends{ends[0], ends[1]};
}

std::string read_line(int fd) {
  std::string out;
  char c = 0;
  while (out.size() < 256) {
    auto count = ::read(fd, &c, 1);
    if (count < 0 && errno == EINTR)
      continue;
    if (count <= 0 || c == '\n')
      break;
    out += c;
  }
  return out;
}

pid_t spawn(const std::filesystem::path& program, int in, int out) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
  std::string name = program.string();
  std::string port = "--port";
  std::string any = "0";
  std::string until = "--until-stdin-closes";
  std::array<char*, 5> arguments{name.data(), port.data(), any.data(),
                                 until.data(), nullptr};
  pid_t child = -1;
  if (::posix_spawn(&child, name.c_str(), &actions, nullptr, arguments.data(),
                    environ)
      != 0)
    child = -1;
  posix_spawn_file_actions_destroy(&actions);
  return child;
}

} // namespace

expected<std::unique_ptr<standin>>
standin::start(const std::filesystem::path& program) {
  auto lifeline = make_pipe();
  auto says = make_pipe();
  if (!lifeline || !says)
    return not_started("no pipe can be made");
  auto child = spawn(program, lifeline->read, says->write);
  ::close(lifeline->read);
  ::close(says->write);
  if (child < 0) {
    ::close(lifeline->write);
    ::close(says->read);
    return not_started("it cannot be started; build it first");
  }
  auto out = std::make_unique<standin>(child, lifeline->write);
  auto line = read_line(says->read);
  ::close(says->read);
  constexpr std::string_view prefix = "listening on ";
  if (!line.starts_with(prefix))
    return not_started("it did not say where it listens");
  out->url_ = "http://" + line.substr(prefix.size());
  return out;
}

standin::~standin() {
  ::close(lifeline_);
  while (::waitpid(child_, nullptr, 0) < 0 && errno == EINTR) {
    // nop
  }
}

std::filesystem::path standin_program() {
  std::error_code ec;
  auto self = std::filesystem::read_symlink("/proc/self/exe", ec);
  return self.parent_path().parent_path() / "standin" / "byollm-standin";
}

} // namespace byollm::demo
