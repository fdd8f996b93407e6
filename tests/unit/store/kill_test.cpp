// SPDX-License-Identifier: Apache-2.0
// Goal: a process that is killed loses no acknowledged record, leaves a ledger
// that verifies, and every intent it left open becomes `unknown`. Method: a
// child appends as fast as it can and tells each acknowledgement through a
// pipe; the parent kills it after some number of them and opens the store. 20
// rounds; 200 with BYOLLM_LONG=1.
#include "sample.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <cstdlib>
#include <map>
#include <random>
#include <sys/wait.h>
#include <unistd.h>

using namespace byollm;
using namespace byollm::sample;

namespace {

/// One sequence of calls: each acknowledged batch appends the next, which ends
/// the call before and begins another.
class chain {
public:
  chain(store& to, std::string name, int report)
      : to_(to), name_(std::move(name)), report_(report) {
    // nop
  }

  void go_on() {
    std::vector<ledger_entry> batch;
    if (calls_ > 0)
      batch.emplace_back(outcome(name_ + std::to_string(calls_)));
    ++calls_;
    batch.emplace_back(intent(name_ + std::to_string(calls_)));
    auto size = batch.size();
    to_.append(std::move(batch), [this, size](expected<uint64_t> first) {
      if (!first)
        ::_exit(1);
      uint64_t last = *first + size - 1;
      if (::write(report_, &last, sizeof(last)) != sizeof(last))
        ::_exit(1);
      go_on();
    });
  }

private:
  store& to_;
  std::string name_;
  int report_;
  int calls_ = 0;
};

[[noreturn]] void append_until_killed(const std::filesystem::path& directory,
                                      const std::string& round, int report) {
  store_options options;
  options.directory = directory;
  auto opened = open_store(std::move(options), fingerprint_key());
  if (!opened)
    ::_exit(1);
  std::vector<std::unique_ptr<chain>> chains;
  for (char name = 'a'; name < 'i'; ++name)
    chains.push_back(std::make_unique<chain>(**opened, round + name, report));
  for (auto& one : chains)
    one->go_on();
  for (;;)
    ::pause();
}

/// A child that appends, with the reading end of its pipe.
struct child {
  pid_t id;
  int reports;
};

child start(const std::filesystem::path& directory, const std::string& round) {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  auto id = ::fork();
  REQUIRE(id >= 0);
  if (id == 0) {
    ::close(ends[0]);
    append_until_killed(directory, round, ends[1]);
  }
  ::close(ends[1]);
  return {id, ends[0]};
}

// Returns the highest number reported so far; reads at most `count` reports.
uint64_t read_reports(int from, size_t count) {
  uint64_t highest = 0, last = 0;
  for (size_t i = 0; i < count; ++i) {
    if (::read(from, &last, sizeof(last)) != sizeof(last))
      break;
    highest = std::max(highest, last);
  }
  return highest;
}

// Returns the highest number that the child had acknowledged when it died.
uint64_t kill_after(const child& victim, size_t reports) {
  auto before = read_reports(victim.reports, reports);
  ::kill(victim.id, SIGKILL);
  auto after = read_reports(victim.reports, SIZE_MAX);
  int ended = 0;
  REQUIRE(::waitpid(victim.id, &ended, 0) == victim.id);
  REQUIRE(WIFSIGNALED(ended));
  ::close(victim.reports);
  return std::max(before, after);
}

struct tally {
  int intents = 0;
  int outcomes = 0;
  std::string last_status;
};

// Checks that each intent has one outcome; returns how many are unknown.
int check_closed(store& in, uint64_t from) {
  std::map<std::string, tally> calls;
  for (;;) {
    auto rows = list(in, {.from_seq = from, .limit = 10'000});
    REQUIRE(rows);
    if (rows->empty())
      break;
    for (const auto& row : *rows) {
      auto& call = calls[value(row, "call")];
      call.intents += row.type == "intent";
      call.outcomes += row.type == "outcome";
      if (row.type == "outcome")
        call.last_status = value(row, "status");
    }
    from = rows->back().seq + 1;
  }
  int unknown = 0;
  for (const auto& [name, call] : calls) {
    INFO(name);
    REQUIRE(call.intents == 1);
    REQUIRE(call.outcomes == 1);
    unknown += call.last_status == "unknown";
  }
  return unknown;
}

} // namespace

TEST_CASE("kill -9 loses nothing that was acknowledged", "[kill]") {
  scratch directory;
  std::mt19937 random{std::random_device{}()};
  int rounds = std::getenv("BYOLLM_LONG") ? 200 : 20;
  uint64_t before = 0;
  int unknown = 0;
  for (int round = 0; round < rounds; ++round) {
    auto victim = start(directory.path(), std::to_string(round));
    auto acknowledged = kill_after(victim, 1 + random() % 400);
    REQUIRE(acknowledged > before);
    auto store = open(directory.path());
    auto verdict = verify(*store);
    INFO(verdict.problem);
    REQUIRE(verdict.intact);
    REQUIRE(verdict.records >= acknowledged);
    unknown += check_closed(*store, before + 1);
    before = verdict.records;
  }
  // At most one call of each chain was open.
  CHECK(unknown > 0);
  CHECK(unknown <= rounds * 8);
}

TEST_CASE("a recovery that is killed too is made up for by the next",
          "[kill]") {
  scratch directory;
  auto victim = start(directory.path(), "first-");
  kill_after(victim, 50);
  std::mt19937 random{std::random_device{}()};
  for (int round = 0; round < 5; ++round) {
    // This one recovers before it reports; it dies at some point on the way.
    auto next = start(directory.path(), "next" + std::to_string(round) + "-");
    volatile auto spin = random() % 20'000'000;
    while (spin > 0)
      spin = spin - 1;
    kill_after(next, 0);
  }
  auto store = open(directory.path());
  CHECK(verify(*store).intact);
  CHECK(check_closed(*store, 1) > 0);
}

TEST_CASE("an open intent's outcome says what is known", "[kill]") {
  scratch directory;
  {
    auto store = open(directory.path());
    auto platform = intent("call-2", 3);
    platform.target = platform_target();
    REQUIRE(append(*store, {intent("call-1"), outcome("call-1"), platform}));
    REQUIRE(append(*store, {change()}));
  }
  auto store = open(directory.path());
  auto rows = list(*store, {.call = "call-2"});
  REQUIRE(rows);
  REQUIRE(rows->size() == 2);
  const auto& row = rows->back();
  CHECK(row.seq == 5);
  CHECK(row.type == "outcome");
  CHECK(value(row, "tenant") == "acme");
  CHECK(value(row, "user") == "ada");
  CHECK(value(row, "turn") == "turn-1");
  CHECK(value(row, "source") == "panel");
  CHECK(value(row, "function") == "write_chapter");
  CHECK(value(row, "attempt") == "3");
  CHECK(value(row, "status") == "unknown");
  CHECK(value(row, "sent") == "maybe");
  CHECK(value(row, "billing") == "platform");
  CHECK(value(row, "detail").substr(0, 5) == "crash");
  CHECK(value(row, "usage_from") == "none");
  store.reset();
  // Once it is closed it stays as it is.
  CHECK(verify(*open(directory.path())).records == 5);
}
