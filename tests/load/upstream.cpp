// SPDX-License-Identifier: Apache-2.0
#include "tests/load/upstream.hpp"

#include "tests/load/measure.hpp"

#include <array>
#include <cerrno>
#include <charconv>

#include <fcntl.h>
#include <sched.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace byollm::load {

namespace {

failure not_started(const std::filesystem::path& program) {
  return {errc::unavailable, "the stand-in does not start: " + program.string(),
          "standin"};
}

/// Lets the calling thread run elsewhere for a while: a child inherits that.
class elsewhere {
public:
  explicit elsewhere(const std::vector<int>& cores) {
    ::sched_getaffinity(0, sizeof(before_), &before_);
    pin(cores);
  }

  ~elsewhere() {
    ::sched_setaffinity(0, sizeof(before_), &before_);
  }

  elsewhere(const elsewhere&) = delete;
  elsewhere& operator=(const elsewhere&) = delete;

private:
  cpu_set_t before_{};
};

std::vector<std::string> arguments(const scenario::standin_part& answers) {
  std::vector<std::string> result{"byollm-standin", "--port", "0",
                                  "--until-stdin-closes"};
  auto add = [&](const char* name, auto value) {
    result.emplace_back(name);
    result.push_back(std::to_string(value));
  };
  add("--token-delay-ms", answers.chunk_interval.count());
  if (!answers.canned)
    return result;
  add("--fixed-body-bytes", answers.answer_bytes);
  add("--chunks", answers.chunks);
  add("--chunk-interval-ms", answers.chunk_interval.count());
  return result;
}

pid_t spawn(const std::filesystem::path& program,
            std::vector<std::string> arguments, int in, int out) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
  std::vector<char*> raw;
  for (auto& each : arguments)
    raw.push_back(each.data());
  raw.push_back(nullptr);
  pid_t child = -1;
  if (::posix_spawn(&child, program.c_str(), &actions, nullptr, raw.data(),
                    environ)
      != 0)
    child = -1;
  posix_spawn_file_actions_destroy(&actions);
  return child;
}

uint16_t read_port(int fd) {
  std::string line;
  for (char c = 0; line.size() < 256 && ::read(fd, &c, 1) == 1 && c != '\n';)
    line += c;
  uint16_t port = 0;
  auto colon = line.rfind(':');
  if (colon != std::string::npos)
    std::from_chars(line.data() + colon + 1, line.data() + line.size(), port);
  return port;
}

void end(pid_t child, int lifeline) {
  ::close(lifeline);
  while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
    // nop
  }
}

} // namespace

expected<std::unique_ptr<upstream>>
upstream::start(const std::filesystem::path& program,
                const scenario::standin_part& answers,
                const std::vector<int>& cores) {
  std::array<int, 2> in{};
  std::array<int, 2> out{};
  if (::pipe2(in.data(), O_CLOEXEC) != 0 || ::pipe2(out.data(), O_CLOEXEC) != 0)
    return not_started(program);
  pid_t child = -1;
  {
    elsewhere cores_of_child{cores};
    child = spawn(program, arguments(answers), in[0], out[1]);
  }
  ::close(in[0]);
  ::close(out[1]);
  auto port = child < 0 ? uint16_t{0} : read_port(out[0]);
  ::close(out[0]);
  if (port != 0)
    return std::make_unique<upstream>(child, in[1], port);
  if (child > 0)
    end(child, in[1]);
  else
    ::close(in[1]);
  return not_started(program);
}

upstream::~upstream() {
  end(child_, lifeline_);
}

} // namespace byollm::load
