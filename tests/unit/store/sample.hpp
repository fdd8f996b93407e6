// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/store/store.hpp"

#include <filesystem>
#include <future>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace byollm::sample {

/// A directory of its own for one test, removed with everything in it.
class scratch {
public:
  scratch();
  scratch(const scratch&) = delete;
  scratch& operator=(const scratch&) = delete;
  ~scratch();

  const std::filesystem::path& path() const noexcept {
    return path_;
  }

  std::filesystem::path operator/(std::string_view name) const {
    return path_ / name;
  }

private:
  std::filesystem::path path_;
};

// -- records with every field set ---------------------------------------------

call_context_ptr context(std::string_view tenant = "acme",
                         std::string_view user = "ada");
llm_target::ptr user_target(std::shared_ptr<const sealed_key> sealed = nullptr);
llm_target::ptr platform_target();
create_message_request request(std::string text = "What is a ledger?");
intent_record intent(std::string call, uint32_t attempt = 1);
outcome_record outcome(std::string call, uint32_t attempt = 1);
refusal_record refusal(std::string call);
change_record change();

/// Returns the value of a row's field; "(missing)" if it is not there.
std::string value(const ledger_row& row, std::string_view field);

// -- the store, with answers to wait for --------------------------------------

secret_bytes fingerprint_key(uint8_t fill = 7);
std::unique_ptr<store> open(const std::filesystem::path& directory);
expected<std::unique_ptr<store>> try_open(store_options options);

/// Calls `start` with a callback and waits for what it is called with.
template <class Result, class Start>
Result wait(Start start) {
  std::promise<Result> promise;
  start([&promise](Result result) { promise.set_value(std::move(result)); });
  return promise.get_future().get();
}

/// Waits for what another thread does.
template <class Condition>
void spin_until(Condition condition) {
  while (!condition())
    std::this_thread::yield();
}

expected<uint64_t> append(store& to, std::vector<ledger_entry> batch);
expected<std::vector<ledger_row>> list(store& from,
                                       ledger_reader::filter which = {});
ledger_verdict verify(store& of);
ledger_verdict check_bill(store& of);
std::vector<usage_row> usage(store& of, usage_filter which = {});

} // namespace byollm::sample
