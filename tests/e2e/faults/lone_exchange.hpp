// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/http/exchange.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace byollm::test {

inline wiped_bytes bytes_of(std::string_view text) {
  return {text.begin(), text.end()};
}

/// A request without a server, whose client may go.
class lone_exchange final : public http::exchange {
public:
  explicit lone_exchange(http::request asked) : asked_(std::move(asked)) {
    // nop
  }

  /// Waits for the answer.
  http::answer get() {
    return answered_.get_future().get();
  }

  bool is_answered() const noexcept {
    return is_answered_;
  }

  void leave() {
    is_gone_ = true;
    if (gone_)
      gone_();
  }

  const http::request& asked() const noexcept override {
    return asked_;
  }

  wiped_bytes take_body() noexcept override {
    return std::exchange(asked_.body, {});
  }

  void reply(http::answer whole) override {
    is_answered_ = true;
    answered_.set_value(std::move(whole));
  }

  void begin_stream(http::answer) override {
    FAIL("a stream");
  }

  bool write(std::string) override {
    return false;
  }

  void when_writable(std::function<void()>) override {
    // nop
  }

  void end_stream() override {
    // nop
  }

  void abort_stream() override {
    // nop
  }

  void on_gone(std::function<void()> gone) override {
    gone_ = std::move(gone);
  }

  bool is_gone() const noexcept override {
    return is_gone_;
  }

private:
  http::request asked_;
  std::promise<http::answer> answered_;
  std::atomic<bool> is_answered_{false};
  std::atomic<bool> is_gone_{false};
  std::function<void()> gone_;
};

using lone_ptr = std::shared_ptr<lone_exchange>;

inline std::string header(const http::answer& of, std::string_view name) {
  for (const auto& [each, value] : of.headers)
    if (each == name)
      return value;
  return {};
}

} // namespace byollm::test
