// SPDX-License-Identifier: Apache-2.0
#include "tests/load/child.hpp"

#include "tests/load/measure.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <utility>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace byollm::load {

namespace {

constexpr int not_started = 127;
constexpr size_t printed_bytes_max = 64u << 10;

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (auto& text : texts)
    result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

std::vector<std::string> whole_environment(std::vector<std::string> ours) {
  for (auto at = environ; *at != nullptr; ++at)
    ours.emplace_back(*at);
  return ours;
}

} // namespace

expected<std::unique_ptr<child>> child::start(order what) {
  failure no{errc::unavailable, "does not start: " + what.program.string()};
  std::array<int, 2> output{};
  if (::pipe2(output.data(), O_CLOEXEC) != 0)
    return no;
  auto texts = what.arguments;
  texts.insert(texts.begin(), what.program.string());
  auto arguments = pointers(texts);
  auto variables = whole_environment(std::move(what.environment));
  auto environment = pointers(variables);
  auto parent = ::getpid();
  auto id = ::fork();
  if (id == 0) {
    // Other threads may have held any lock: nothing here but system calls.
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (::getppid() != parent)
      ::_exit(not_started);
    pin(what.cores);
    ::dup2(output[1], STDOUT_FILENO);
    ::dup2(output[1], STDERR_FILENO);
    ::execve(what.program.c_str(), arguments.data(), environment.data());
    ::_exit(not_started);
  }
  ::close(output[1]);
  if (id > 0)
    return std::make_unique<child>(id, output[0]);
  ::close(output[0]);
  return no;
}

child::~child() {
  end();
  ::close(output_);
}

expected<std::string> child::wait_for(std::string_view text) {
  std::string printed;
  std::string line;
  for (char c = 0; printed.size() < printed_bytes_max;) {
    if (::read(output_, &c, 1) != 1)
      break;
    printed += c;
    if (c != '\n') {
      line += c;
      continue;
    }
    if (line.find(text) != std::string::npos)
      return line;
    line.clear();
  }
  return failure{errc::unavailable,
                 "never said \"" + std::string{text} + "\", but:\n" + printed};
}

status child::stop() {
  auto how = end();
  if (WIFEXITED(how) && WEXITSTATUS(how) == 0)
    return unit{};
  return failure{errc::unavailable, "a program of ours did not end well"};
}

int child::end() {
  auto id = std::exchange(id_, 0);
  if (id == 0)
    return 0;
  ::kill(id, SIGTERM);
  int how = 0;
  while (::waitpid(id, &how, 0) < 0 && errno == EINTR) {
    // nop
  }
  return how;
}

std::chrono::microseconds child::cpu() const {
  clockid_t clock{};
  timespec used{};
  if (id_ == 0 || ::clock_getcpuclockid(id_, &clock) != 0
      || ::clock_gettime(clock, &used) != 0)
    return {};
  return std::chrono::duration_cast<std::chrono::microseconds>(
    std::chrono::seconds{used.tv_sec} + std::chrono::nanoseconds{used.tv_nsec});
}

} // namespace byollm::load
