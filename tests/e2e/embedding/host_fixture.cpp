// SPDX-License-Identifier: Apache-2.0
#include "host_fixture.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <cstdlib>
#include <thread>

namespace byollm::test {

namespace {

namespace fs = std::filesystem;

// A hang ends here; no verdict depends on it.
constexpr auto patience = std::chrono::seconds{60};

size_t entries(const char* directory) {
  size_t count = 0;
  for ([[maybe_unused]] const auto& entry : fs::directory_iterator{directory})
    ++count;
  return count;
}

} // namespace

std::string standin_url() {
  auto url = std::getenv("BYOLLM_STANDIN_URL");
  REQUIRE(url != nullptr);
  return url;
}

scratch_directory::scratch_directory() {
  auto name = (fs::temp_directory_path() / "byollm-embed-XXXXXX").string();
  REQUIRE(mkdtemp(name.data()) != nullptr);
  path_ = name;
}

scratch_directory::~scratch_directory() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

create_message_request say(std::string text) {
  return {.messages = {{role::user, {text_block{std::move(text)}}}}};
}

llm_settings standin_llm(std::string key) {
  return {.provider = "anthropic",
          .model = "standin-model",
          .base_url = standin_url(),
          .key = std::move(key)};
}

std::unique_ptr<runtime> start(runtime_options options) {
  auto started = runtime::start(std::move(options));
  if (!started)
    FAIL(describe(started.error()));
  return *std::move(started);
}

void settle_ada(const runtime& rt) {
  auto admin = rt.admin();
  REQUIRE(admin.allow_origin("acme", standin_url(), true, "admin").get());
  REQUIRE(admin.allow_origin("", standin_url(), true, "admin").get());
  REQUIRE(admin.set_user_llm("acme", "ada", standin_llm(), "ada").get());
}

context open_turn(const runtime& rt, const std::string& user) {
  auto opened
    = rt.open_turn({.tenant = "acme", .user = user, .extension = "notes"})
        .get();
  if (!opened)
    FAIL(describe(opened.error()));
  return *std::move(opened);
}

size_t thread_count() {
  return entries("/proc/self/task");
}

size_t descriptor_count() {
  return entries("/proc/self/fd");
}

void eventually(const std::function<bool()>& fact) {
  auto give_up = std::chrono::steady_clock::now() + patience;
  while (!fact()) {
    if (std::chrono::steady_clock::now() > give_up)
      FAIL("what should happen did not");
    std::this_thread::yield();
  }
}

} // namespace byollm::test
