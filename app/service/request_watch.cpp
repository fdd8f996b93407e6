// SPDX-License-Identifier: Apache-2.0
#include "app/service/request_watch.hpp"

#include <atomic>
#include <string>
#include <utility>

namespace byollm::service {

namespace {

using std::chrono::steady_clock;

// Counts what passes. A whole answer, the end of a stream and the last holder's
// end each end a request; the first of them tells.
class watched_exchange final : public http::exchange {
public:
  watched_exchange(http::exchange_ptr at, request_watch& watch,
                   seen_request seen)
      : at_(std::move(at)), watch_(watch), seen_(std::move(seen)) {
    seen_.bytes_in = at_->asked().body.size();
    watch_.began(seen_);
  }

  watched_exchange(const watched_exchange&) = delete;
  watched_exchange& operator=(const watched_exchange&) = delete;

  // Unanswered, the server says so itself, unless there is nobody to tell.
  ~watched_exchange() override {
    if (status_ != 0 || at_->is_gone())
      tell(false);
  }

  const trace_headers& trace() const noexcept {
    return seen_.trace;
  }

  const http::request& asked() const noexcept override {
    return at_->asked();
  }

  wiped_bytes take_body() noexcept override {
    return at_->take_body();
  }

  void reply(http::answer whole) override {
    status_ = whole.status;
    bytes_ += whole.body.size();
    tell(true);
    at_->reply(std::move(whole));
  }

  void begin_stream(http::answer head) override {
    status_ = head.status;
    at_->begin_stream(std::move(head));
  }

  bool write(std::string bytes) override {
    bytes_ += bytes.size();
    return at_->write(std::move(bytes));
  }

  void when_writable(std::function<void()> ready) override {
    at_->when_writable(std::move(ready));
  }

  void end_stream() override {
    tell(true);
    at_->end_stream();
  }

  void abort_stream() override {
    tell(false);
    at_->abort_stream();
  }

  void on_gone(std::function<void()> gone) override {
    at_->on_gone(std::move(gone));
  }

  bool is_gone() const noexcept override {
    return at_->is_gone();
  }

  void note(std::string_view name, std::string_view value) override {
    at_->note(name, value);
  }

private:
  void tell(bool is_whole) noexcept {
    if (is_told_.exchange(true))
      return;
    seen_.took = steady_clock::now() - begun_;
    seen_.status = status_;
    seen_.bytes_out = bytes_;
    seen_.is_whole = is_whole && !at_->is_gone();
    watch_.ended(seen_);
  }

  http::exchange_ptr at_;
  request_watch& watch_;
  seen_request seen_;
  const steady_clock::time_point begun_ = steady_clock::now();
  std::atomic<int> status_{0};
  std::atomic<uint64_t> bytes_{0};
  std::atomic<bool> is_told_{false};
};

} // namespace

http::exchange_ptr watched(const http::exchange_ptr& at, request_watch* watch,
                           std::string_view method, std::string_view route,
                           trace_headers& trace) {
  const auto& asked = at->asked();
  trace = sound_trace({std::string{asked.header("traceparent")},
                       std::string{asked.header("tracestate")}});
  if (!watch)
    return at;
  seen_request seen{method, route, trace, trace,
                    std::chrono::system_clock::now()};
  auto made = std::make_shared<watched_exchange>(at, *watch, std::move(seen));
  trace = made->trace();
  return made;
}

} // namespace byollm::service
