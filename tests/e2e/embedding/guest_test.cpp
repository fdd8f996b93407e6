// SPDX-License-Identifier: Apache-2.0
// Goal: inside somebody else's process a runtime is a guest that leaves no
// trace: no output, no signal handlers, no threads or descriptors afterwards.
// Method: compare what the kernel says about this process before, while and
// after a runtime did real work against byollm-standin.
#include "host_fixture.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <future>
#include <map>

#include <fcntl.h>
#include <unistd.h>

using namespace byollm;
using namespace byollm::test;

namespace {

// Makes a runtime do a bit of everything.
void work(const runtime& rt) {
  settle_ada(rt);
  auto ctx = open_turn(rt);
  auto reply = ctx.llm().create_message(say("hello")).get();
  REQUIRE(reply);
  CHECK(reply->text().find("hello") != std::string::npos);
  CHECK(reply->is_byollm);
  ctx.log(log_level::error, "a line that nobody reads");
  CHECK(!open_turn(rt, "bob").llm().create_message(say("nobody")).get());
  REQUIRE(rt.admin().ledger_verify().get());
}

using handler_table = std::map<int, std::array<unsigned char, sizeof(void*)>>;

handler_table signal_handlers() {
  handler_table result;
  for (int number = 1; number < SIGRTMAX; ++number) {
    struct sigaction now {};
    if (sigaction(number, nullptr, &now) == 0)
      std::memcpy(result[number].data(), &now.sa_sigaction, sizeof(void*));
  }
  return result;
}

// Sends stdout into a file as long as it lives.
class captured_stdout {
public:
  explicit captured_stdout(const std::filesystem::path& file) {
    std::fflush(stdout);
    saved_ = dup(STDOUT_FILENO);
    file_ = open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    dup2(file_, STDOUT_FILENO);
  }

  // Returns how many bytes were written.
  long end() {
    std::fflush(stdout);
    auto size = lseek(file_, 0, SEEK_END);
    dup2(saved_, STDOUT_FILENO);
    close(saved_);
    close(file_);
    return size;
  }

private:
  int saved_ = -1;
  int file_ = -1;
};

} // namespace

TEST_CASE("a runtime writes nothing to stdout") {
  scratch_directory scratch;
  captured_stdout out{scratch.path() / "stdout"};
  {
    auto rt = start({.data_directory = scratch.path() / "data"});
    work(*rt);
  }
  CHECK(out.end() == 0);
}

TEST_CASE("a runtime installs no signal handler") {
  scratch_directory scratch;
  auto before = signal_handlers();
  auto rt = start({.data_directory = scratch.path() / "data"});
  work(*rt);
  CHECK(signal_handlers() == before);
  rt.reset();
  CHECK(signal_handlers() == before);
}

TEST_CASE("no thread and no descriptor is left after stop") {
  scratch_directory scratch;
  auto threads = thread_count();
  auto descriptors = descriptor_count();
  auto rt = start({.data_directory = scratch.path() / "data",
                   .loops = 2,
                   .owner_socket = true});
  CHECK(thread_count() >= threads + 3);
  work(*rt);
  auto stopped = rt->stop(std::chrono::seconds{30});
  REQUIRE(stopped);
  CHECK(*stopped);
  eventually([&] { return thread_count() == threads; });
  rt.reset();
  CHECK(thread_count() == threads);
  CHECK(descriptor_count() == descriptors);
}

TEST_CASE("another thread than the one that started it may stop a runtime") {
  scratch_directory scratch;
  auto rt = start({.data_directory = scratch.path() / "data"});
  work(*rt);
  // This one, which lives on, made the actors.
  auto stopped = std::async(std::launch::async,
                            [&] { return rt->stop(std::chrono::seconds{30}); });
  REQUIRE(stopped.wait_for(std::chrono::seconds{60})
          == std::future_status::ready);
  REQUIRE(stopped.get());
}

TEST_CASE("the thread that looks host names up ends with stop") {
  scratch_directory scratch;
  auto threads = thread_count();
  auto rt = start({.data_directory = scratch.path() / "data"});
  settle_ada(*rt);
  auto url = standin_url();
  url.replace(url.find("127.0.0.1"), 9, "localhost");
  auto llm = standin_llm();
  llm.base_url = url;
  REQUIRE(rt->admin().allow_origin("acme", url, true, "admin").get());
  REQUIRE(rt->admin().set_user_llm("acme", "bea", llm, "bea").get());
  auto reply = open_turn(*rt, "bea").llm().create_message(say("hi")).get();
  REQUIRE(reply);
  REQUIRE(rt->stop(std::chrono::seconds{30}));
  eventually([&] { return thread_count() == threads; });
}

TEST_CASE("a runtime that has stopped changes no token") {
  scratch_directory scratch;
  auto rt = start({.data_directory = scratch.path() / "data"});
  auto turns = static_cast<uint32_t>(service_scope::turns);
  REQUIRE(rt->access().add_token("before", turns, "", "admin").get());
  REQUIRE(rt->stop(std::chrono::seconds{30}));
  auto added = rt->access().add_token("after", turns, "", "admin").get();
  REQUIRE(!added);
  CHECK(added.error().code == errc::stopping);
  auto gone = rt->access().revoke_token("before", "admin").get();
  REQUIRE(!gone);
  CHECK(gone.error().code == errc::stopping);
}

TEST_CASE("two runtimes live in one process and know nothing of each other") {
  scratch_directory scratch;
  auto first = start({.data_directory = scratch.path() / "first"});
  auto second = start({.data_directory = scratch.path() / "second"});
  settle_ada(*first);
  auto here = open_turn(*first).llm();
  auto there = open_turn(*second).llm();
  CHECK(here.provider() == "anthropic");
  CHECK(there.provider().empty());
  CHECK(here.create_message(say("hello")).get());
  auto refused = there.create_message(say("hello")).get();
  REQUIRE(!refused);
  CHECK(refused.error().code == errc::no_provider);
  REQUIRE(first->stop(std::chrono::seconds{30}));
  settle_ada(*second);
  CHECK(open_turn(*second).llm().create_message(say("again")).get());
}

TEST_CASE("a data directory has one owner") {
  scratch_directory scratch;
  auto first = start({.data_directory = scratch.path() / "data"});
  auto second = runtime::start({.data_directory = scratch.path() / "data"});
  REQUIRE(!second);
  CHECK(second.error().code == errc::store_owned);
  work(*first);
  first.reset();
  CHECK(runtime::start({.data_directory = scratch.path() / "data"}));
}

TEST_CASE("waiting on the runtime's own thread fails instead of hanging") {
  scratch_directory scratch;
  auto rt = start({.data_directory = scratch.path() / "data"});
  settle_ada(*rt);
  auto waited = std::make_shared<std::promise<errc>>();
  auto stopped = std::make_shared<std::promise<errc>>();
  open_turn(*rt).llm().create_message(
    say("hello"), [&, waited, stopped](expected<message_reply>) {
      CHECK(on_runtime_thread());
      auto turn = rt->open_turn({.tenant = "a", .user = "b", .extension = "c"});
      CHECK(!turn.wait_for(std::chrono::milliseconds{1}));
      auto got = turn.get();
      waited->set_value(got ? errc::none : got.error().code);
      auto end = rt->stop(std::chrono::seconds{1});
      stopped->set_value(end ? errc::none : end.error().code);
    });
  CHECK(waited->get_future().get() == errc::would_deadlock);
  CHECK(stopped->get_future().get() == errc::would_deadlock);
  CHECK(!on_runtime_thread());
}

TEST_CASE("what outlives a runtime answers that it is stopping") {
  scratch_directory scratch;
  auto rt = start({.data_directory = scratch.path() / "data"});
  settle_ada(*rt);
  auto ctx = open_turn(*rt);
  auto admin = rt->admin();
  CHECK(rt->stats().takes_calls);
  CHECK(rt->stats().problems.empty());
  REQUIRE(rt->stop(std::chrono::seconds{30}));
  auto stopped = rt->stats();
  CHECK_FALSE(stopped.takes_calls);
  REQUIRE(stopped.problems.size() == 1);
  CHECK(stopped.problems[0].part == "calls");
  CHECK(stopped.problems[0].why.code == errc::stopping);
  rt.reset();
  auto reply = ctx.llm().create_message(say("too late")).get();
  REQUIRE(!reply);
  CHECK(reply.error().code == errc::stopping);
  auto shown = admin.user_llm("acme", "ada").get();
  REQUIRE(!shown);
  CHECK(shown.error().code == errc::stopping);
  ctx.log(log_level::info, "into the void");
}
