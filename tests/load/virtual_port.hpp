// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/load/virtual_world.hpp"

#include <map>

namespace byollm::load {

/// A provider without sockets: answers as the scenario's stand-in would, by the
/// virtual clock.
class virtual_port final : public provider_port {
public:
  explicit virtual_port(virtual_world& world) : world_(world) {
    // nop
  }

  void start(provider_call call, std::shared_ptr<attempt_sink> sink) override;
  void cancel(const intent_receipt& receipt) override;
  void hurry() override {
    // nop: nothing is read on
  }

  void keep_connections(bool) override {
    // nop: there are none
  }

  void close(const failure& why) override;

  size_t in_flight() const noexcept override {
    return open_.size();
  }

private:
  struct attempt {
    std::shared_ptr<attempt_sink> sink;
    std::string call;
    size_t chunks_left = 0;
    alarm_clock::alarm_id alarm = 0;
  };

  void next(uint64_t seq);
  void finish(uint64_t seq, attempt_outcome outcome);

  virtual_world& world_;
  std::map<uint64_t, attempt> open_;
};

} // namespace byollm::load
