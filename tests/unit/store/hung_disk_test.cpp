// SPDX-License-Identifier: Apache-2.0
// Goal: a disk that does not answer is told, and nothing else is taken for one;
// a store leaves such a disk behind, and is gone then. Method: a sync or a read
// that does not come back, and callbacks that take their time.
#include "sample.hpp"
#include "test_vfs.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <sqlite3.h>

using namespace byollm;
using namespace byollm::sample;

namespace {

/// Holds syncs, or something else, up while it is closed.
class io_gate {
public:
  explicit io_gate(file_op which = file_op::sync) : which_(which) {
    // nop
  }

  int operator()(file_op op) {
    std::unique_lock guard{mutex_};
    if (op != which_ || is_open_)
      return SQLITE_OK;
    ++held_;
    moved_.notify_all();
    moved_.wait(guard, [this] { return is_open_; });
    return SQLITE_OK;
  }

  void close() {
    std::lock_guard guard{mutex_};
    is_open_ = false;
  }

  void open() {
    std::lock_guard guard{mutex_};
    is_open_ = true;
    moved_.notify_all();
  }

  void wait_held() {
    std::unique_lock guard{mutex_};
    moved_.wait(guard, [this] { return held_ > 0; });
  }

private:
  const file_op which_;
  std::mutex mutex_;
  std::condition_variable moved_;
  bool is_open_ = true;
  int held_ = 0;
};

store_options with_vfs(const scratch& directory) {
  store_options options;
  options.directory = directory.path();
  options.vfs = asking_vfs::name;
  // Whatever takes any time at all.
  options.stall = std::chrono::milliseconds{0};
  options.close_patience = std::chrono::milliseconds{0};
  return options;
}

class counting_sink final : public audit_sink {
public:
  explicit counting_sink(std::atomic<int>& calls) : calls_(calls) {
    // nop
  }

  void committed(const ledger_row&) noexcept override {
    ++calls_;
  }

private:
  std::atomic<int>& calls_;
};

std::unique_ptr<store> open_once_free(const scratch& directory) {
  for (;;) {
    store_options options;
    options.directory = directory.path();
    auto opened = try_open(options);
    if (opened)
      return *std::move(opened);
    REQUIRE(opened.error().code == errc::store_owned);
    std::this_thread::yield();
  }
}

} // namespace

TEST_CASE("a disk that does not answer is told, and passes", "[state]") {
  scratch directory;
  io_gate gate;
  asking_vfs vfs{std::ref(gate)};
  auto options = with_vfs(directory);
  options.close_patience = limits::ledger_close_patience;
  auto opened = try_open(options);
  REQUIRE(opened);
  auto& store = **opened;
  spin_until([&] { return bool{store.health()}; });
  gate.close();
  std::promise<expected<uint64_t>> appended;
  store.append({change()}, [&](auto seq) { appended.set_value(seq); });
  gate.wait_held();
  spin_until([&] { return !store.health(); });
  CHECK(store.health().error().code == errc::store_unavailable);
  CHECK(store.takes_intents().error().code == errc::audit_unavailable);
  gate.open();
  CHECK(appended.get_future().get());
  spin_until([&] { return bool{store.health()}; });
  CHECK(append(store, {change()}));
}

TEST_CASE("a read that does not come back is told, and passes", "[state]") {
  scratch directory;
  {
    auto store = open(directory.path());
    for (int i = 0; i < 40; ++i)
      REQUIRE(append(*store, std::vector<ledger_entry>(100, change())));
  }
  io_gate gate{file_op::read};
  asking_vfs vfs{std::ref(gate)};
  auto options = with_vfs(directory);
  options.read_stall = std::chrono::milliseconds{0};
  options.close_patience = limits::ledger_close_patience;
  auto opened = try_open(options);
  REQUIRE(opened);
  auto& store = **opened;
  spin_until([&] { return bool{store.health()}; });
  gate.close();
  std::promise<bool> verified;
  store.verify("", [&](expected<ledger_verdict> verdict) {
    verified.set_value(verdict && verdict->intact);
  });
  gate.wait_held();
  spin_until([&] { return !store.health(); });
  CHECK(store.health().error().code == errc::store_unavailable);
  gate.open();
  CHECK(verified.get_future().get());
  spin_until([&] { return bool{store.health()}; });
}

TEST_CASE("work that takes long is not a disk that does not answer",
          "[state]") {
  scratch directory;
  std::promise<bool> reached;
  std::promise<void> looked;
  auto take_long = [&, until = looked.get_future().share()](auto result) {
    reached.set_value(bool{result});
    until.wait();
  };
  auto options = store_options{.directory = directory.path()};
  // Whatever takes any time at all; but reads may take some.
  options.stall = std::chrono::milliseconds{0};
  auto opened = try_open(options);
  REQUIRE(opened);
  auto& store = **opened;
  REQUIRE(append(store, {intent("call-1")}));
  SECTION("a sum of all usage") {
    store.usage({}, take_long);
  }
  SECTION("a proof, under a fresh checkpoint") {
    store.prove("acme", "call-1", take_long);
  }
  SECTION("whoever is told of a commit") {
    store.append({change()}, take_long);
  }
  CHECK(reached.get_future().get());
  CHECK(store.health());
  looked.set_value();
}

TEST_CASE("a store closes while the disk does not answer", "[state]") {
  scratch directory;
  io_gate gate;
  asking_vfs vfs{std::ref(gate)};
  auto opened = try_open(with_vfs(directory));
  REQUIRE(opened);
  REQUIRE(append(**opened, {change()}));
  gate.close();
  bool is_acknowledged = false;
  (*opened)->append({change()}, [&](auto) { is_acknowledged = true; });
  gate.wait_held();
  std::vector<errc> told;
  (*opened)->append({change()}, [&](expected<uint64_t> seq) {
    told.push_back(seq ? errc::none : seq.error().code);
  });
  (*opened)->verify("", [&](expected<ledger_verdict> verdict) {
    told.push_back(verdict ? errc::none : verdict.error().code);
  });
  (*opened)->load_allowed("acme", [&](auto origins) {
    told.push_back(origins ? errc::none : origins.error().code);
  });
  opened = failure{};
  CHECK(told == std::vector<errc>(3, errc::stopping));
  store_options options;
  options.directory = directory.path();
  CHECK(try_open(options).error().code == errc::store_owned);
  gate.open();
  auto store = open_once_free(directory);
  CHECK_FALSE(is_acknowledged);
  CHECK(verify(*store).intact);
}

TEST_CASE("a store that had to leave its thread calls nothing of the host's",
          "[state]") {
  scratch directory, elsewhere;
  io_gate gate;
  asking_vfs vfs{std::ref(gate)};
  auto options = with_vfs(directory);
  std::atomic<int> calls{0};
  options.sink = std::make_shared<counting_sink>(calls);
  options.log
    = [&](log_level, std::string_view, const log_fields&) { ++calls; };
  // An anchor that fails first: what works again is a line of the log.
  options.anchors.file = elsewhere / "anchors";
  std::filesystem::create_directory(options.anchors.file);
  auto opened = try_open(options);
  REQUIRE(opened);
  CHECK(calls == 1);
  REQUIRE(append(**opened, {change()}));
  CHECK(calls == 2);
  gate.close();
  (*opened)->append({change()}, [&](auto) { ++calls; });
  gate.wait_held();
  opened = failure{};
  std::filesystem::remove(options.anchors.file);
  gate.open();
  auto store = open_once_free(directory);
  CHECK(verify(*store).records == 2);
  CHECK(std::filesystem::file_size(options.anchors.file) > 0);
  CHECK(calls == 2);
}
