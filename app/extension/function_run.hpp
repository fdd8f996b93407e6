// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/extension/arguments.hpp"
#include "app/functions.hpp"
#include "app/runtime/later.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>

namespace byollm {

/// A function as it was registered.
struct offered {
  function_about about = {};
  argument_kind_ptr parameters = {};
  std::function<void(context in, const std::shared_ptr<void>& params,
                     std::stop_token stop, answer_fn<function_result>)>
    run = {};
};

using offered_ptr = std::shared_ptr<const offered>;

/// One place among those that run; given back when it goes.
class running_place {
public:
  explicit running_place(std::shared_ptr<std::atomic<uint32_t>> count)
      : count_(std::move(count)) {
    // nop
  }

  running_place(running_place&&) = default;
  running_place& operator=(running_place&&) = delete;

  ~running_place() {
    if (count_)
      count_->fetch_sub(1);
  }

private:
  std::shared_ptr<std::atomic<uint32_t>> count_;
};

/// One function's run in one chat turn. Whoever runs it, the turn's reply, the
/// alarm and the host's token may each end it; the first does.
class function_run : public std::enable_shared_from_this<function_run> {
public:
  using done_fn = std::function<void(expected<function_reply>)>;

  /// `function` is null if there is none of that name.
  function_run(function_call asked, offered_ptr function, running_place place,
               done_fn done);

  void start(const runtime& on, const std::string& extension);

private:
  /// What is left when it has ended.
  struct ending {
    done_fn done;
    std::optional<context> turn;
  };

  void opened(context turn);
  void reject(const context& turn, failure why);
  void invoke(const context& turn, const std::shared_ptr<void>& params);
  void watch(const context& turn);
  void returned(expected<function_result> result);
  void give_up(failure why);
  void tell(expected<function_reply> reply);
  static void tell(ending ended, expected<function_reply> reply);
  std::optional<ending> end();
  bool has_ended();

  function_call asked_;
  const offered_ptr function_;
  std::optional<running_place> place_;

  std::mutex mutex_;
  done_fn done_; // empty once it was told
  std::optional<context> turn_;
  std::shared_ptr<later> alarm_;

  /// What the handler hears.
  std::stop_source stop_;
  /// The last member: unhooked before what it calls is gone.
  std::optional<std::stop_callback<std::function<void()>>> on_stop_;
};

} // namespace byollm
