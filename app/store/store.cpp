// SPDX-License-Identifier: Apache-2.0
#include "app/store/store.hpp"

#include "app/store/engine.hpp"
#include "app/store/usage_query.hpp"
#include "messages/limits.hpp"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>

namespace byollm {

namespace {

failure broken(const std::exception& why) {
  return {errc::store_unavailable, why.what()};
}

/// The queue in front of the engine and the thread behind it. Each round of the
/// thread is one commit of all that waits, all short requests, and one slice of
/// one long read.
class embedded_store final : public store {
public:
  explicit embedded_store(std::unique_ptr<store_engine> engine)
      : engine_(std::move(engine)),
        ledger_id_(engine_->ledger_id()),
        seals_(engine_->seals()) {
    thread_ = std::thread{[this] { run(); }};
  }

  ~embedded_store() override {
    {
      std::lock_guard guard{mutex_};
      stopping_ = true;
    }
    wake_.notify_one();
    thread_.join();
  }

  // -- ledger_store -----------------------------------------------------------

  void append(std::vector<ledger_entry> batch,
              std::function<void(expected<uint64_t>)> done) override {
    {
      std::lock_guard guard{mutex_};
      auto size = batch.size();
      if (size == 0 || waiting_records_ + size > limits::ledger_waiting_max) {
        refused_.push_back({std::move(batch), std::move(done)});
      } else {
        waiting_records_ += size;
        appends_.push_back({std::move(batch), std::move(done)});
      }
    }
    wake_.notify_one();
  }

  // -- ledger_reader ----------------------------------------------------------

  void
  list(filter which,
       std::function<void(expected<std::vector<ledger_row>>)> done) override {
    post_read([which = std::move(which),
               done = std::move(done)](store_engine& engine) mutable {
      return make_list(std::move(which), engine.open(), std::move(done));
    });
  }

  void verify(std::string anchors,
              std::function<void(expected<ledger_verdict>)> done) override {
    post([this, anchors = std::move(anchors),
          done = std::move(done)](store_engine& engine) {
      auto evidence = engine.seal_evidence();
      evidence.anchors = read_anchors(anchors, evidence.known);
      if (!anchors.empty() && evidence.anchors.empty())
        return done(failure{errc::not_found,
                            "the anchor file has no anchor of this ledger",
                            "anchor"});
      reads_.push_back(
        make_verify(engine.ledger_size(), std::move(evidence), done));
    });
  }

  void seal(std::function<void(expected<uint64_t>)> done) override {
    post([done = std::move(done)](store_engine& engine) {
      engine.seal_now(done);
    });
  }

  void
  prove(std::string tenant, std::string call,
        std::function<void(expected<std::vector<std::string>>)> done) override {
    post_sealed([tenant = std::move(tenant), call = std::move(call)](
                  store_engine& engine) { return engine.prove(tenant, call); },
                std::move(done));
  }

  void
  prove_extension(uint64_t old,
                  std::function<void(expected<std::string>)> done) override {
    post_sealed(
      [old](store_engine& engine) { return engine.prove_extension(old); },
      std::move(done));
  }

  void export_piece(filter which, uint64_t records,
                    std::function<void(expected<ledger_chunk>)> done) override {
    post([this, which = std::move(which), records,
          done = std::move(done)](store_engine& engine) {
      auto begin = [this, which, done, &engine](uint64_t size) {
        reads_.push_back(make_export(which, size, engine.seal_evidence(),
                                     engine.open(), done));
      };
      if (records > 0)
        return begin(records);
      // Without a fresh checkpoint the newest records go uncovered, and whoever
      // verifies is told so; an export is no reason to need one.
      engine.seal_now(
        [begin, &engine](expected<uint64_t>) { begin(engine.ledger_size()); });
    });
  }

  void stats(filter which,
             std::function<void(expected<std::vector<ledger_stats_row>>)> done)
    override {
    post_read([which = std::move(which),
               done = std::move(done)](store_engine&) mutable {
      return make_stats(std::move(which), std::move(done));
    });
  }

  void check_bill(std::function<void(expected<ledger_verdict>)> done) override {
    post_read([done = std::move(done)](store_engine& engine) mutable {
      return make_bill_check(
        engine.db(), [&engine] { return engine.ledger_size(); },
        std::move(done));
    });
  }

  void
  usage(usage_filter which,
        std::function<void(expected<std::vector<usage_row>>)> done) override {
    post([which = std::move(which), done = std::move(done)](
           store_engine& engine) { done(read_usage(engine.db(), which)); });
  }

  void find_call(std::string tenant, std::string call,
                 std::function<void(expected<past_call>)> done) override {
    post([tenant = std::move(tenant), call = std::move(call),
          done = std::move(done)](store_engine& engine) {
      done(engine.find_call(tenant, call));
    });
  }

  // -- config_store -----------------------------------------------------------

  void
  load_user(std::string tenant, std::string user,
            std::function<void(expected<std::optional<stored_user_config>>)>
              done) override {
    post([tenant = std::move(tenant), user = std::move(user),
          done = std::move(done)](store_engine& engine) {
      done(engine.configs().load_user(tenant, user));
    });
  }

  void save_user(stored_user_config row, change_record why,
                 std::function<void(status)> done) override {
    post_change([row = std::move(row)](
                  config_table& configs) { return configs.save_user(row); },
                std::move(why), std::move(done));
  }

  void remove_user(std::string tenant, std::string user, change_record why,
                   std::function<void(status)> done) override {
    post([tenant = std::move(tenant), user = std::move(user),
          why = std::move(why), done = std::move(done)](store_engine& engine) {
      done(engine.remove_user(tenant, user, why));
    });
  }

  void load_platform(
    std::function<void(expected<stored_platform_config>)> done) override {
    post([done = std::move(done)](store_engine& engine) {
      done(engine.configs().load_platform());
    });
  }

  void save_platform(stored_platform_config row, change_record why,
                     std::function<void(status)> done) override {
    post_change([row = std::move(row)](
                  config_table& configs) { return configs.save_platform(row); },
                std::move(why), std::move(done));
  }

  void load_allowed(
    std::string tenant,
    std::function<void(expected<std::vector<std::string>>)> done) override {
    post([tenant = std::move(tenant),
          done = std::move(done)](store_engine& engine) {
      done(engine.configs().load_allowed(tenant));
    });
  }

  void save_allowed(std::string tenant, std::vector<std::string> origins,
                    change_record why,
                    std::function<void(status)> done) override {
    post_change(
      [tenant = std::move(tenant),
       origins = std::move(origins)](config_table& configs) {
        return configs.save_allowed(tenant, origins);
      },
      std::move(why), std::move(done));
  }

  // -- store ------------------------------------------------------------------

  status health() const override {
    std::lock_guard guard{mutex_};
    return health_;
  }

  seal_state seals() const override {
    std::lock_guard guard{mutex_};
    return seals_;
  }

  const std::string& ledger_id() const noexcept override {
    return ledger_id_;
  }

private:
  using job = std::function<void(store_engine&)>;
  using read_maker = std::function<std::unique_ptr<long_read>(store_engine&)>;

  void post(job work) {
    {
      std::lock_guard guard{mutex_};
      jobs_.push_back(std::move(work));
    }
    wake_.notify_one();
  }

  void post_read(read_maker make) {
    post([this, make = std::move(make)](store_engine& engine) {
      reads_.push_back(make(engine));
    });
  }

  // Answers with what `make` makes once a checkpoint covers all that is there.
  template <class T, class Make>
  void post_sealed(Make make, std::function<void(expected<T>)> done) {
    post(
      [make = std::move(make), done = std::move(done)](store_engine& engine) {
        engine.seal_now([make, done, &engine](expected<uint64_t> size) {
          if (size)
            done(make(engine));
          else
            done(size.error());
        });
      });
  }

  void post_change(std::function<status(config_table&)> change,
                   change_record why, std::function<void(status)> done) {
    post([change = std::move(change), why = std::move(why),
          done = std::move(done)](store_engine& engine) {
      done(engine.change(change, why));
    });
  }

  // -- the writer thread ------------------------------------------------------

  void run() {
    std::vector<append_request> group;
    std::vector<append_request> refused;
    std::deque<job> jobs;
    while (wait(group, refused, jobs)) {
      for (auto& request : refused)
        refuse(request);
      commit(group);
      for (auto& work : jobs)
        work(*engine_);
      read_slice();
      engine_->seal_if_due(sealer::clock::now());
      auto seals = engine_->seals();
      std::lock_guard guard{mutex_};
      health_ = engine_->health();
      seals_ = std::move(seals);
    }
    engine_->finish_sealing();
    for (auto& read : reads_)
      read->abandon({errc::stopping, "the store is closing"});
    reads_.clear();
    // Closed here: the database belongs to this thread.
    engine_.reset();
  }

  // Takes what waits. Returns false when there is nothing left and nothing will
  // come.
  bool wait(std::vector<append_request>& group,
            std::vector<append_request>& refused, std::deque<job>& jobs) {
    group.clear();
    refused.clear();
    jobs.clear();
    std::unique_lock guard{mutex_};
    auto is_busy = [this] {
      return !appends_.empty() || !refused_.empty() || !jobs_.empty();
    };
    auto is_called = [&] { return is_busy() || stopping_ || !reads_.empty(); };
    // With everything signed there is nothing to wake up for.
    if (auto due = engine_->seal_due())
      wake_.wait_until(guard, *due, is_called);
    else
      wake_.wait(guard, is_called);
    if (stopping_ && !is_busy())
      return false;
    size_t records = 0;
    while (!appends_.empty()
           && (records == 0
               || records + appends_.front().batch.size()
                    <= limits::ledger_batch_max)) {
      records += appends_.front().batch.size();
      group.push_back(std::move(appends_.front()));
      appends_.pop_front();
    }
    waiting_records_ -= records;
    refused.swap(refused_);
    jobs.swap(jobs_);
    return true;
  }

  void refuse(append_request& request) {
    if (request.batch.empty())
      request.done(failure{errc::invalid_request, "an empty batch"});
    else
      request.done(failure{errc::audit_unavailable,
                           "too many records wait for the ledger"});
  }

  void commit(std::vector<append_request>& group) {
    if (!group.empty())
      engine_->commit(group);
  }

  void read_slice() {
    if (reads_.empty())
      return;
    auto read = std::move(reads_.front());
    reads_.pop_front();
    if (!read->step(engine_->scan()))
      reads_.push_back(std::move(read));
  }

  std::unique_ptr<store_engine> engine_;
  std::string ledger_id_;
  /// Long reads in turn; only the writer thread touches them.
  std::deque<std::unique_ptr<long_read>> reads_;

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<append_request> appends_;
  std::vector<append_request> refused_;
  std::deque<job> jobs_;
  size_t waiting_records_ = 0;
  bool stopping_ = false;
  status health_ = unit{};
  seal_state seals_;

  std::thread thread_;
};

} // namespace

expected<std::unique_ptr<store>> open_store(store_options options,
                                            secret_bytes fingerprint_key) {
  try {
    auto engine
      = store_engine::open(std::move(options), fingerprint_key.bytes());
    if (!engine)
      return engine.error();
    return std::unique_ptr<store>{
      std::make_unique<embedded_store>(*std::move(engine))};
  } catch (const std::exception& why) {
    return broken(why);
  }
}

} // namespace byollm
