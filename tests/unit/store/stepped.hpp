// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sample.hpp"

#include "app/store/long_read.hpp"

#include <catch2/catch.hpp>

#include <optional>
#include <utility>

// Reads that are stepped by hand, over a closed store.
namespace byollm::sample {

constexpr int64_t day_ms = 86'400'000;

template <class T>
T must(expected<T> result) {
  if (!result)
    FAIL(describe(result.error()));
  return *std::move(result);
}

/// A store's tables, without its thread.
struct opened {
  explicit opened(const scratch& directory)
      : db(must(database::open(directory / "byollm.db"))),
        scan(must(ledger_scan::open(db))),
        calls(must(call_records::open(db, none))),
        checkpoints(must(checkpoint_table::open(db))) {
    // nop
  }

  open_intents none;
  database db;
  ledger_scan scan;
  call_records calls;
  checkpoint_table checkpoints;
};

template <class Result>
struct outcome_of_read {
  std::optional<Result> told;
  int steps = 0;
};

/// Runs what `make` makes of a callback to its end.
template <class Result, class Make>
outcome_of_read<Result> run(opened& in, Make make) {
  outcome_of_read<Result> result;
  auto read
    = make([&](expected<Result> told) { result.told = must(std::move(told)); });
  do
    ++result.steps;
  while (!read->step(in.scan));
  return result;
}

/// As many calls on the platform's account, each a day after the one before.
inline void fill(const scratch& directory, int calls) {
  auto store = open(directory.path());
  std::vector<ledger_entry> batch;
  for (int i = 0; i < calls; ++i) {
    auto call = "call-" + std::to_string(i);
    batch.emplace_back(intent(call));
    auto end = outcome(call);
    end.finished_unix_ms = i * day_ms;
    batch.emplace_back(std::move(end));
  }
  REQUIRE(append(*store, std::move(batch)));
}

} // namespace byollm::sample
