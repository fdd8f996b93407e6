// SPDX-License-Identifier: Apache-2.0
// Goal: what our ledger costs beyond SQLite itself. Method: batches of the same
// records into a bare SQLite table, a row each; into tables that owe their
// readers what our ledger does, written the plain way; and into the store. Each
// commit is synced, by turns in one run, at several sizes of the batch; the
// medians of the rounds' ratios count. The store's records are encoded on one
// thread and written on another, so it takes two cores to see what it can do.
// Then verification of a million records, a start with them, and the opening of
// a sealed key.
#include "app/store/store.hpp"
#include "app/vault/envelope.hpp"
#include "tests/load/bare_table.hpp"
#include "tests/load/encoded_records.hpp"
#include "tests/load/measure.hpp"
#include "tests/load/must.hpp"
#include "tests/load/plain_ledger.hpp"
#include "tests/load/records.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <semaphore>
#include <string>
#include <vector>

using namespace byollm;
using namespace byollm::load;

namespace {

struct workload {
  size_t records; ///< In a commit.
  size_t commits; ///< In a round.
};

constexpr workload workloads[]
  = {{1, 1'000}, {16, 1'000}, {32, 1'000}, {64, 1'000}, {1'000, 100}};
constexpr size_t rounds = 5;
constexpr workload many = {1'000, 1'000};
constexpr size_t key_openings = 100'000;

template <class Work>
double seconds(Work work) {
  auto start = std::chrono::steady_clock::now();
  work();
  std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  return took.count();
}

/// Keeps two batches with the store, as the LEDGER does under load: one is
/// committed, the other encoded. Small ones are rarely committed together: when
/// sealing comes in between.
class appender {
public:
  appender(store& to, const workload& which, size_t& records) : to_(to) {
    for (size_t i = 0; i < which.commits; ++i) {
      batches_.push_back(make_batch(records, which.records));
      records += which.records;
    }
  }

  double run() {
    return seconds([this] {
      for (auto& batch : batches_) {
        free_.acquire();
        to_.append(std::move(batch), [this](expected<uint64_t> seq) {
          must(std::move(seq));
          free_.release();
        });
      }
      for (size_t i = 0; i < kept; ++i)
        free_.acquire();
    });
  }

private:
  static constexpr size_t kept = 2;

  store& to_;
  std::vector<std::vector<ledger_entry>> batches_;
  std::counting_semaphore<kept> free_{kept};
};

/// All three write the same records.
struct rivals {
  store& ours;
  bare_table& bare;
  plain_ledger& plain;
  std::vector<record_bytes> records = must(encoded_records());
  size_t written = 0; ///< by ours
};

void compare(rivals& those, const workload& which) {
  std::vector<double> bare, plain, ours, to_bare, to_plain;
  auto rate = [&](double took) {
    return static_cast<double>(which.records * which.commits) / took;
  };
  auto time = [&](auto commit) {
    return seconds([&] {
      for (size_t i = 0; i < which.commits; ++i)
        commit();
    });
  };
  for (size_t i = 0; i < rounds; ++i) {
    appender next{those.ours, which, those.written};
    bare.push_back(rate(
      time([&] { must(those.bare.commit(those.records, which.records)); })));
    plain.push_back(rate(
      time([&] { must(those.plain.commit(those.records, which.records)); })));
    ours.push_back(rate(next.run()));
    to_bare.push_back(ours.back() / bare.back());
    to_plain.push_back(ours.back() / plain.back());
  }
  std::printf("%7zu a commit, records/s: bare %7.0f, plain %7.0f, ours %7.0f; "
              "ours / bare %.2f, ours / plain %.2f\n",
              which.records, median(bare), median(plain), median(ours),
              median(to_bare), median(to_plain));
}

double verify(store& of) {
  std::promise<ledger_verdict> verdict;
  return seconds([&] {
    of.verify({}, [&](expected<ledger_verdict> found) {
      verdict.set_value(must(std::move(found)));
    });
    if (!verdict.get_future().get().intact)
      std::exit(EXIT_FAILURE);
  });
}

double open_keys(const std::filesystem::path& directory) {
  auto ring = must(key_ring::open(directory, *master_keys_in(directory)));
  key_binding binding{"acme", "ada", "anthropic", "https://a:443", "key-1",
                      1,      1};
  auto sealed = must(seal_envelope(ring, std::string(100, 'k'), binding));
  return seconds([&] {
    for (size_t i = 0; i < key_openings; ++i)
      must(open_envelope(ring, sealed, binding));
  });
}

store_options at(const std::filesystem::path& directory) {
  store_options result;
  result.directory = directory;
  return result;
}

secret_bytes key() {
  return must(secret_bytes::copy_of(std::vector<uint8_t>(32, 7)));
}

} // namespace

int main(int argc, char** argv) {
  // The disk under this directory is what is measured.
  std::string name = (argc > 1 ? std::string{argv[1]} : std::string{"/tmp"})
                     + "/byollm-bench-XXXXXX";
  if (!::mkdtemp(name.data()))
    return EXIT_FAILURE;
  std::filesystem::path directory = name;
  {
    auto ours = must(open_store(at(directory / "compared"), key()));
    auto bare = must(bare_table::open(directory / "bare.db"));
    auto plain = must(plain_ledger::open(directory / "plain.db"));
    rivals those{*ours, bare, plain};
    for (const auto& which : workloads)
      compare(those, which);
  }
  constexpr double records = many.records * many.commits;
  double appended = 0, verified = 0;
  {
    auto store = must(open_store(at(directory / "many"), key()));
    size_t number = 0;
    appender all{*store, many, number};
    appended = records / all.run();
    verified = records / verify(*store);
  }
  auto start
    = seconds([&] { must(open_store(at(directory / "many"), key())); });
  auto opened = open_keys(directory) / key_openings;
  std::printf("a million appended, records/s    %.0f\n", appended);
  std::printf("verification, records/s          %.0f\n", verified);
  std::printf("start with %.0f records, ms  %.1f\n", records, start * 1e3);
  std::printf("opening a sealed key, us         %.2f\n", opened * 1e6);
  std::filesystem::remove_all(directory);
}
