// SPDX-License-Identifier: Apache-2.0
#include "app/daemon/serve.hpp"

#include "app/daemon/credentials.hpp"
#include "app/daemon/daemon.hpp"
#include "app/daemon/settings.hpp"
#include "app/daemon/socket_reach.hpp"
#include "app/process/open_files.hpp"
#include "app/process/own_memory.hpp"
#include "app/process/service_manager.hpp"
#include "app/process/signal_inbox.hpp"
#include "messages/limits.hpp"

#include <algorithm>
#include <csignal>
#include <future>
#include <iostream>
#include <utility>

namespace byollm::daemon {

namespace {

using std::chrono::milliseconds;
using clock = std::chrono::steady_clock;
using word = signal_inbox::word;

// A sign of life is due three times as often as it is asked for.
constexpr int beats_in_patience = 3;

int report(const failure& why) {
  std::cerr << "byollmd: " << describe(why) << '\n';
  return 1;
}

// The process's main thread, from the first request to the last.
class main_thread {
public:
  main_thread(std::filesystem::path file, config how,
              std::unique_ptr<daemon> started, signal_inbox& signals,
              const service_manager& manager)
      : file_(std::move(file)),
        started_(how),
        last_(std::move(how)),
        daemon_(std::move(started)),
        signals_(signals),
        manager_(manager) {
    if (auto patience = manager_.patience())
      between_beats_ = std::max(
        milliseconds{1}, std::chrono::duration_cast<milliseconds>(*patience)
                           / beats_in_patience);
  }

  void run() {
    look_at_socket();
    say("serving " + place() + "; stop with Ctrl-C");
    manager_.tell_ready("serving " + place());
    for (auto told = next(); told != word::stop; told = next())
      if (told == word::reload)
        reload();
    stop();
  }

private:
  void look_at_socket() const {
    auto barrier = barrier_to(started_.socket, started_.socket_mode);
    if (!barrier.empty())
      daemon_->log()(log_level::warning,
                     "listen.socket_mode admits others, and a directory keeps "
                     "them out: put listen.socket elsewhere",
                     {{"socket", started_.socket.string()},
                      {"directory", barrier.string()}});
  }

  std::string place() const {
    auto out = started_.socket.string();
    if (auto port = daemon_->port())
      out
        += " and http://" + started_.tcp->address + ':' + std::to_string(port);
    if (auto port = daemon_->metrics_port())
      out += " and metrics at http://" + started_.metrics->address + ':'
             + std::to_string(port) + "/metrics";
    return out;
  }

  // Where stdout has the access log, only that has lines there.
  void say(const std::string& text) const {
    (last_.access.file == "-" ? std::cerr : std::cout) << text << '\n'
                                                       << std::flush;
  }

  // Waits for a word, and has the signs of life sent meanwhile.
  word next() {
    for (;;) {
      if (between_beats_ && clock::now() >= beat_at_)
        beat();
      std::optional<milliseconds> most;
      if (between_beats_)
        most = std::chrono::ceil<milliseconds>(beat_at_ - clock::now());
      if (auto told = signals_.wait(most); told != word::nothing)
        return told;
    }
  }

  // The loops' life is what counts, not this thread's.
  void beat() {
    beat_at_ = clock::now() + *between_beats_;
    if (daemon_->beat()) {
      manager_.tell_alive();
      is_silent_ = false;
      return;
    }
    if (std::exchange(is_silent_, true))
      return;
    std::string loops;
    for (auto one : daemon_->silent_loops())
      loops.append(loops.empty() ? "" : ", ").append(std::to_string(one));
    daemon_->log()(log_level::error, "a loop does not answer",
                   {{"loops", loops}});
  }

  void reload() {
    manager_.tell_reloading();
    auto next = read_config(file_);
    auto done = next ? daemon_->change(*next) : status{next.error()};
    auto log = daemon_->log();
    if (!done) {
      log(log_level::error, "the configuration is wrong, nothing is changed",
          {{"file", file_.string()}, {"why", describe(done.error())}});
    } else {
      log(log_level::info, "the configuration was read anew",
          {{"changed", changed(last_, *next, false)}});
      if (auto late = changed(started_, *next, true); !late.empty())
        log(log_level::warning, "needs a restart: " + late, {});
      last_ = *std::move(next);
    }
    manager_.tell_ready("serving " + place());
  }

  // A second signal has it wait no longer, a third one ends the process.
  void stop() {
    daemon_->close();
    say("stopping; what runs may end first");
    manager_.tell_stopping("what runs may end first");
    auto ended = std::async(std::launch::async, [this] {
      auto is_whole = daemon_->stop(limits::stop_deadline);
      signals_.wake();
      return is_whole;
    });
    for (auto told = next(); told != word::woken; told = next())
      if (told == word::stop) {
        say("stopping; what runs is cut");
        daemon_->hurry();
        signals_.let_go();
      }
    if (!ended.get())
      std::cerr << "byollmd: some calls had to be cut; the ledger has them\n";
  }

  const std::filesystem::path file_;
  /// What needs a restart is as it was then.
  const config started_;
  config last_;
  std::unique_ptr<daemon> daemon_;
  signal_inbox& signals_;
  const service_manager& manager_;
  std::optional<milliseconds> between_beats_;
  clock::time_point beat_at_ = {};
  bool is_silent_ = false;
};

} // namespace

int serve(const std::filesystem::path& file) {
  keep_memory_to_ourselves();
  raise_open_files();
  // Whoever reads our output may go.
  std::signal(SIGPIPE, SIG_IGN);
  service_manager manager;
  signal_inbox signals;
  auto how = read_config(file);
  if (!how)
    return report(how.error());
  if (auto keys = take_master_keys(daemon::master_key_variable); !keys)
    return report(keys.error());
  auto started = daemon::start(*how);
  if (!started)
    return report(started.error());
  main_thread{file, *std::move(how), *std::move(started), signals, manager}
    .run();
  return 0;
}

} // namespace byollm::daemon
