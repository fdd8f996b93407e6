// SPDX-License-Identifier: Apache-2.0
// Goal: lines are whole, in order, where they should be, and what is lost is
// counted. Method: files, and a pipe that nobody reads.
#include "app/access_log/bounds.hpp"
#include "app/access_log/line_writer.hpp"
#include "tests/unit/daemon/folder.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <mutex>
#include <sstream>
#include <thread>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace byollm {

namespace {

std::string lost_line(uint64_t lost) {
  return "lost " + std::to_string(lost);
}

std::vector<std::string> lines_of(const std::string& file) {
  std::ifstream in{file};
  std::vector<std::string> out;
  for (std::string line; std::getline(in, line);)
    out.push_back(line);
  return out;
}

line_place open_place(const std::string& file) {
  auto made = line_place::open(file);
  REQUIRE(made);
  return *std::move(made);
}

// What a writer logs, from its own thread.
class heard {
public:
  log_fn log() {
    return [this](log_level, std::string_view text, const log_fields& fields) {
      std::lock_guard guard{mutex_};
      said_ += std::string{text} + ' '
               + (fields.empty() ? "" : fields[0].second) + '\n';
    };
  }

  std::string said() {
    std::lock_guard guard{mutex_};
    return said_;
  }

private:
  std::mutex mutex_;
  std::string said_;
};

// A pipe in stdout's place, for the time of the object.
class stdout_pipe {
public:
  stdout_pipe() : kept_(::dup(STDOUT_FILENO)) {
    std::array<int, 2> ends{};
    REQUIRE(::pipe(ends.data()) == 0);
    ::dup2(ends[1], STDOUT_FILENO);
    ::close(ends[1]);
    out_ = ends[0];
  }

  ~stdout_pipe() {
    back();
    ::close(out_);
  }

  /// Gives stdout back; the pipe's end is with whoever took a copy.
  void back() {
    if (kept_ < 0)
      return;
    ::dup2(kept_, STDOUT_FILENO);
    ::close(std::exchange(kept_, -1));
  }

  int out() const {
    return out_;
  }

private:
  int kept_;
  int out_ = -1;
};

} // namespace

TEST_CASE("lines are written in order, by many threads whole", "[daemon]") {
  folder here;
  constexpr int each = 500;
  {
    line_writer to{lost_line, {}};
    to.use(open_place(here.file("a")));
    std::vector<std::thread> writers;
    for (int who = 0; who < 4; ++who)
      writers.emplace_back([&to, who] {
        for (int i = 0; i < each; ++i)
          to.write(std::to_string(who) + ' ' + std::to_string(i));
      });
    for (auto& one : writers)
      one.join();
  }
  auto got = lines_of(here.file("a"));
  REQUIRE(got.size() == 4 * each);
  std::map<int, int> next;
  for (const auto& line : got) {
    std::istringstream in{line};
    int who = -1, number = -1;
    in >> who >> number;
    CHECK(next[who]++ == number);
  }
}

TEST_CASE("a line goes where lines went when it was handed over", "[daemon]") {
  folder here;
  {
    line_writer to{lost_line, {}};
    to.write("nowhere");
    to.use(open_place(here.file("a")));
    to.write("one");
    // As logrotate does it.
    std::filesystem::rename(here.file("a"), here.file("b"));
    to.write("two");
    to.use(open_place(here.file("a")));
    to.write("three");
    to.use({});
    to.write("nowhere");
    to.use(open_place(here.file("a")));
    to.write("four");
  }
  using lines = std::vector<std::string>;
  CHECK(lines_of(here.file("b")) == lines{"one", "two"});
  CHECK(lines_of(here.file("a")) == lines{"three", "four"});
  struct stat found {};
  REQUIRE(::stat(here.file("a").c_str(), &found) == 0);
  CHECK((found.st_mode & 0777) == 0600);
}

TEST_CASE("what finds no room is counted, and told where it is missing",
          "[daemon]") {
  // A disk that takes nothing, so that the queue fills: a pipe that is full.
  stdout_pipe pipe;
  auto place = open_place("-");
  pipe.back();
  heard log;
  const std::string line(1'000, 'x');
  std::string got;
  uint64_t written = 0;
  {
    line_writer to{lost_line, log.log()};
    to.use(std::move(place));
    // Far more than the pipe and the queue hold.
    for (; written < 4 * limits::access_queue_bytes / line.size(); ++written)
      to.write(line);
    std::array<char, 65'536> room;
    auto read_some = [&] {
      auto size = ::read(pipe.out(), room.data(), room.size());
      REQUIRE(size > 0);
      got.append(room.data(), static_cast<size_t>(size));
    };
    // Read until it says so: the next line is behind what is lost.
    while (got.find("lost ") == std::string::npos) {
      to.write("more");
      ++written;
      read_some();
    }
    while (got.find('\n', got.find("lost ")) == std::string::npos)
      read_some();
  }
  auto at = got.find("lost ");
  CHECK(got[at - 1] == '\n');
  auto lost = std::stoull(got.substr(at + 5));
  CHECK(lost > 0);
  CHECK(log.said().find("lines of the access log are lost") == 0);
  // Before it, every line is whole.
  std::istringstream before{got.substr(0, at)};
  for (std::string each; std::getline(before, each);)
    CHECK((each == line || each == "more"));
}

TEST_CASE("a disk that is full is told once, and a torn line is ended",
          "[daemon]") {
  heard log;
  {
    line_writer to{lost_line, log.log()};
    to.use(open_place("/dev/full"));
    to.write("one");
    to.write("two");
  }
  auto said = log.said();
  CHECK(said.find("the access log cannot be written No space") == 0);
  CHECK(said.rfind("cannot be written") == said.find("cannot be written"));
  CHECK(said.find("lines of the access log are lost") != std::string::npos);
}

TEST_CASE("a reader that never comes does not keep the end", "[daemon]") {
  stdout_pipe pipe;
  auto place = open_place("-");
  pipe.back();
  heard log;
  {
    line_writer to{lost_line, log.log()};
    to.use(std::move(place));
    for (int i = 0; i < 1'000; ++i)
      to.write(std::string(1'000, 'x'));
  }
  CHECK(log.said().find("it takes nothing") != std::string::npos);
}

TEST_CASE("a place that is no file is refused", "[daemon]") {
  folder here;
  CHECK(line_place::open(here.file("no/where")).error().parameter
        == "log.access_file");
  CHECK_FALSE(line_place::open(here.path.string()));
  REQUIRE(::mkfifo(here.file("fifo").c_str(), 0600) == 0);
  CHECK_FALSE(line_place::open(here.file("fifo")));
  auto fifo = ::open(here.file("fifo").c_str(), O_RDWR);
  CHECK_FALSE(line_place::open(here.file("fifo")));
  ::close(fifo);
}

} // namespace byollm
