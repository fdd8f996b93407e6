// SPDX-License-Identifier: Apache-2.0
// Goal: when the store cannot be used or cannot write, it says why, takes
// nothing half, and loses nothing that it acknowledged. Method: wrong
// directories, a second owner, a bound on the file, a limit on file sizes,
// damaged pages.
#include "sample.hpp"

#include "app/store/engine.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <fstream>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace byollm;
using namespace byollm::sample;

namespace {

failure refusal(store_options options) {
  auto opened = try_open(std::move(options));
  REQUIRE_FALSE(opened);
  return opened.error();
}

store_options at(const std::filesystem::path& directory) {
  store_options options;
  options.directory = directory;
  return options;
}

mode_t mode_of(const std::filesystem::path& file) {
  struct stat found = {};
  REQUIRE(::stat(file.c_str(), &found) == 0);
  return found.st_mode & 07777;
}

// Appends until the store refuses; returns the records that it acknowledged.
uint64_t fill(store& to, std::optional<failure>& why) {
  uint64_t records = 0;
  for (;;) {
    std::vector<ledger_entry> batch(100, change());
    auto seq = append(to, std::move(batch));
    if (!seq) {
      why = seq.error();
      return records;
    }
    records = *seq + 99;
  }
}

// Runs in a process of its own: limits and signals are a process's. Returns the
// number of the step that went wrong; 0 is success.
int meet_file_size_limit(const std::filesystem::path& directory) {
  std::signal(SIGXFSZ, SIG_IGN);
  auto opened = open_store(at(directory), fingerprint_key());
  if (!opened)
    return 1;
  auto& store = **opened;
  rlimit limit = {256u << 10, RLIM_INFINITY};
  if (::setrlimit(RLIMIT_FSIZE, &limit) != 0)
    return 2;
  std::optional<failure> why;
  auto records = fill(store, why);
  if (records == 0 || why->code != errc::audit_unavailable)
    return 3;
  limit.rlim_cur = RLIM_INFINITY;
  if (::setrlimit(RLIMIT_FSIZE, &limit) != 0)
    return 4;
  // Space is back, but what the failed write left behind is not known.
  auto still = append(store, {change()});
  if (still || still.error().code != errc::audit_unavailable)
    return 5;
  if (store.health())
    return 6;
  opened = failure{};
  opened = open_store(at(directory), fingerprint_key());
  if (!opened)
    return 7;
  auto next = append(**opened, {change()});
  if (!next || *next != records + 1)
    return 8;
  return verify(**opened).intact ? 0 : 9;
}

} // namespace

TEST_CASE("a new store is private", "[store]") {
  scratch directory;
  auto nested = directory / "data";
  auto store = open(nested);
  REQUIRE(append(*store, {change()}));
  CHECK(mode_of(nested) == 0700);
  for (const auto& entry : std::filesystem::directory_iterator{nested}) {
    INFO(entry.path());
    CHECK(mode_of(entry.path()) == 0600);
  }
}

TEST_CASE("a second owner is refused until the first is gone", "[store]") {
  scratch directory;
  auto first = open(directory.path());
  auto why = refusal(at(directory.path()));
  CHECK(why.code == errc::store_owned);
  CHECK(why.detail.find(directory.path()) != std::string::npos);
  CHECK(verify_closed_ledger(directory.path()).error().code
        == errc::store_owned);
  first.reset();
  CHECK(try_open(at(directory.path())));
}

TEST_CASE("the lock alone keeps others out", "[store]") {
  // Of a database that is in use SQLite says so, too; here none is.
  scratch directory;
  open(directory.path());
  {
    auto held = lock_directory(directory.path());
    REQUIRE(held);
    CHECK(refusal(at(directory.path())).code == errc::store_owned);
    auto verdict = verify_closed_ledger(directory.path());
    REQUIRE_FALSE(verdict);
    CHECK(verdict.error().code == errc::store_owned);
  }
  CHECK(verify_closed_ledger(directory.path()));
}

TEST_CASE("a directory that cannot be one is refused with a remedy",
          "[store]") {
  scratch directory;
  std::ofstream{directory / "file"} << "x";
  for (auto name : {"file", "file/data"}) {
    auto why = refusal(at(directory / name));
    INFO(why.detail);
    CHECK(why.code == errc::store_unavailable);
    CHECK(why.detail.find("; ") != std::string::npos);
  }
  CHECK(refusal(at("")).code == errc::store_unavailable);
}

TEST_CASE("a database that is a symbolic link is refused", "[store]") {
  scratch directory, other;
  open(other.path());
  std::filesystem::create_symlink(other / "byollm.db", directory / "byollm.db");
  CHECK(refusal(at(directory.path())).code == errc::store_unavailable);
}

TEST_CASE("a full disk refuses whole batches and gives room again", "[store]") {
  scratch directory;
  auto options = at(directory.path());
  options.bytes_max = 512u << 10;
  uint64_t records = 0;
  {
    auto store = try_open(options);
    REQUIRE(store);
    REQUIRE(append(**store, {intent("call-0")}));
    std::optional<failure> why;
    records = fill(**store, why);
    REQUIRE(records > 0);
    CHECK(why->code == errc::audit_unavailable);
    CHECK(why->detail.find(directory.path()) != std::string::npos);
    // What was kept back is for outcomes.
    CHECK((*store)->health().error().code == errc::audit_unavailable);
    CHECK((*store)->takes_intents().error().code == errc::audit_unavailable);
    CHECK_FALSE(append(**store, {intent("call-1")}));
    auto ended = append(**store, {outcome("call-0")});
    REQUIRE(ended);
    CHECK(*ended == ++records);
    CHECK(verify(**store).records == records);
    auto saved = wait<status>([&](auto done) {
      stored_user_config row = {};
      row.envelope.assign(100'000, 1);
      (*store)->save_user(std::move(row), change(), std::move(done));
    });
    REQUIRE_FALSE(saved);
    CHECK(saved.error().code == errc::store_unavailable);
  }
  auto store = open(directory.path());
  auto next = append(*store, {change()});
  REQUIRE(next);
  CHECK(*next == records + 1);
  CHECK(verify(*store).intact);
}

TEST_CASE("after an I/O error nothing is taken until the store is reopened",
          "[store]") {
  scratch directory;
  auto child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0)
    ::_exit(meet_file_size_limit(directory.path()));
  int ended = 0;
  REQUIRE(::waitpid(child, &ended, 0) == child);
  REQUIRE(WIFEXITED(ended));
  CHECK(WEXITSTATUS(ended) == 0);
}

TEST_CASE("a damaged page is found when opening or when verifying", "[store]") {
  scratch directory;
  {
    auto store = open(directory.path());
    for (int i = 0; i < 20; ++i)
      REQUIRE(append(*store, std::vector<ledger_entry>(50, intent("call-1"))));
  }
  auto file = directory / "byollm.db";
  auto size = std::filesystem::file_size(file);
  std::filesystem::copy_file(file, directory / "whole");
  size_t found = 0;
  constexpr size_t rounds = 24;
  for (size_t i = 0; i < rounds; ++i) {
    std::filesystem::copy_file(
      directory / "whole", file,
      std::filesystem::copy_options::overwrite_existing);
    std::fstream damaged{file, std::ios::in | std::ios::out | std::ios::binary};
    // The middle of a page: in the lower half of the file lie records alone.
    auto page = 40 + i * (size / 4096 - 80) / rounds;
    damaged.seekp(static_cast<std::streamoff>(page * 4096 + 2048));
    damaged << std::string(64, '\x5a');
    damaged.close();
    auto opened = try_open(at(directory.path()));
    if (!opened)
      ++found;
    else {
      auto verdict = wait<expected<ledger_verdict>>(
        [&](auto done) { (*opened)->verify({}, std::move(done)); });
      found += !verdict || !verdict->intact;
    }
  }
  // What is not a record is the call index, from which nothing is proven.
  CHECK(found >= rounds * 2 / 3);
}
