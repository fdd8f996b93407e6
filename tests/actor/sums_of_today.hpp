// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/actor/turn_world.hpp"

#include <functional>
#include <string>
#include <vector>

namespace byollm {

/// A ledger of which only the day's sums are read: those that the world says.
class sums_of_today final : public ledger_reader {
public:
  explicit sums_of_today(turn_world& world) : world_(world) {
    // nop
  }

  void usage(usage_filter which, reading<std::vector<usage_row>> to) override;

  // -- nobody asks for any of these -------------------------------------------

  void list(filter, reading<std::vector<ledger_row>>) override {
    never();
  }

  void verify(std::string, reading<ledger_verdict>) override {
    never();
  }

  void seal(std::function<void(expected<uint64_t>)>) override {
    never();
  }

  void prove(std::string, std::string,
             reading<std::vector<std::string>>) override {
    never();
  }

  void prove_extension(uint64_t, reading<std::string>) override {
    never();
  }

  void export_piece(filter, uint64_t, reading<ledger_chunk>) override {
    never();
  }

  void stats(filter, reading<std::vector<ledger_stats_row>>) override {
    never();
  }

  void check_bill(reading<ledger_verdict>) override {
    never();
  }

  void find_call(std::string, std::string,
                 std::function<void(expected<past_call>)>) override {
    never();
  }

private:
  void never();

  turn_world& world_;
  std::vector<reading<std::vector<usage_row>>> held_;
};

} // namespace byollm
