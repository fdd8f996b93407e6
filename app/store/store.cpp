// SPDX-License-Identifier: Apache-2.0
#include "app/store/store.hpp"

#include "app/store/store_asking.hpp"
#include "messages/ports/thread_log.hpp"

#include <exception>

namespace byollm {

namespace {

failure broken(const std::exception& why) {
  return {errc::store_unavailable, why.what()};
}

/// Hands everything to the writer, callbacks behind a guard.
class embedded_store final : public store, private store_asking {
public:
  embedded_store(std::string ledger_id, const store_options& options,
                 store_asking asking)
      : store_asking(std::move(asking)),
        ledger_id_(std::move(ledger_id)),
        close_patience_(options.close_patience) {
    writer_->post(
      task_kind::reads,
      [log = options.log](store_engine&) { set_thread_log(log); },
      [](const failure&) {});
  }

  ~embedded_store() override {
    if (!writer_->close(close_patience_))
      telling_->abandon();
  }

  // -- ledger_store -----------------------------------------------------------

  void append(std::vector<ledger_entry> batch,
              std::function<void(expected<uint64_t>)> done) override {
    writer_->append(std::move(batch), telling_->guarded(std::move(done)));
  }

  status takes_intents() const override {
    auto is = health();
    if (is || is.error().code == errc::audit_unavailable)
      return is;
    return failure{errc::audit_unavailable,
                   "the ledger cannot be written: " + is.error().detail};
  }

  // -- ledger_reader ----------------------------------------------------------

  void list(filter which, reading<std::vector<ledger_row>> to) override {
    read(std::move(to),
         [which = std::move(which)](store_engine& engine, auto tell) {
           return make_list(which, engine.ledger_size(), engine.calls(),
                            std::move(tell));
         });
  }

  void verify(std::string anchors, reading<ledger_verdict> to) override {
    read(std::move(to),
         [anchors = std::move(anchors)](store_engine& engine, auto tell) {
           auto evidence = engine.seal_evidence();
           evidence.anchors = anchors;
           return make_verify(engine.ledger_size(), std::move(evidence),
                              std::move(tell));
         });
  }

  void seal(std::function<void(expected<uint64_t>)> done) override {
    post(std::move(done),
         [](store_engine& engine, const auto& tell) { engine.seal_now(tell); });
  }

  void prove(std::string tenant, std::string call,
             reading<std::vector<std::string>> to) override {
    ask_sealed(std::move(to),
               [tenant = std::move(tenant), call = std::move(call)](
                 store_engine& engine) { return engine.prove(tenant, call); });
  }

  void prove_extension(uint64_t old, reading<std::string> to) override {
    ask_sealed(std::move(to), [old](store_engine& engine) {
      return engine.prove_extension(old);
    });
  }

  void export_piece(filter which, uint64_t records,
                    reading<ledger_chunk> to) override {
    auto add = adder(to.gone);
    post(std::move(to), [add, which = std::move(which),
                         records](store_engine& engine, const auto& tell) {
      auto begin = [add, which, tell, &engine](uint64_t size) {
        add(make_export(which, size, engine.seal_evidence(), engine.calls(),
                        tell));
      };
      if (records > 0)
        return begin(records);
      // Without a fresh checkpoint the newest records go uncovered, and whoever
      // verifies is told so; an export is no reason to need one.
      engine.seal_now(
        [begin, &engine](expected<uint64_t>) { begin(engine.ledger_size()); });
    });
  }

  void stats(filter which, reading<std::vector<ledger_stats_row>> to) override {
    read(std::move(to),
         [which = std::move(which)](store_engine& engine, auto tell) {
           return make_stats(which, engine.ledger_size(), std::move(tell));
         });
  }

  void check_bill(reading<ledger_verdict> to) override {
    read(std::move(to), [](store_engine& engine, auto tell) {
      return make_bill_check(
        engine.db(), [&engine] { return engine.ledger_size(); },
        std::move(tell));
    });
  }

  // What one slice reads is read at once: a call may wait for it.
  void usage(usage_filter which, reading<std::vector<usage_row>> to) override {
    auto add = adder(to.gone);
    post(std::move(to), [add, which = std::move(which)](store_engine& engine,
                                                        const auto& tell) {
      auto begun = make_usage(engine.db(), which, tell);
      if (!begun->step(engine.scan()))
        add(std::move(begun));
    });
  }

  void find_call(std::string tenant, std::string call,
                 std::function<void(expected<past_call>)> done) override {
    ask(std::move(done),
        [tenant = std::move(tenant), call = std::move(call)](
          store_engine& engine) { return engine.find_call(tenant, call); });
  }

  // -- config_store -----------------------------------------------------------

  void
  load_user(std::string tenant, std::string user,
            std::function<void(expected<std::optional<stored_user_config>>)>
              done) override {
    ask(std::move(done),
        [tenant = std::move(tenant), user = std::move(user)](
          store_engine& engine) { return engine.load_user(tenant, user); });
  }

  void list_users(std::string tenant, std::string after, size_t limit,
                  reading<std::vector<stored_user_config>> to) override {
    ask(std::move(to), [tenant = std::move(tenant), after = std::move(after),
                        limit](store_engine& engine) {
      return engine.list_users(tenant, after, limit);
    });
  }

  void save_user(stored_user_config row, change_record why,
                 std::function<void(status)> done) override {
    change([row = std::move(row)](
             config_table& configs) { return configs.save_user(row); },
           std::move(why), std::move(done));
  }

  void remove_user(std::string tenant, std::string user, change_record why,
                   std::function<void(status)> done) override {
    change_by(std::move(done),
              [tenant = std::move(tenant), user = std::move(user),
               why = std::move(why)](store_engine& engine) {
                return engine.remove_user(tenant, user, why);
              });
  }

  void strip_user(stored_user_config left, change_record why,
                  std::function<void(status)> done) override {
    change_by(std::move(done),
              [left = std::move(left), why = std::move(why)](
                store_engine& engine) { return engine.strip_user(left, why); });
  }

  void load_platform(
    std::function<void(expected<stored_platform_config>)> done) override {
    ask(std::move(done),
        [](store_engine& engine) { return engine.load_platform(); });
  }

  void save_platform(stored_platform_config row, change_record why,
                     std::function<void(status)> done) override {
    change([row = std::move(row)](
             config_table& configs) { return configs.save_platform(row); },
           std::move(why), std::move(done));
  }

  void load_allowed(
    std::string tenant,
    std::function<void(expected<std::vector<std::string>>)> done) override {
    ask(std::move(done), [tenant = std::move(tenant)](store_engine& engine) {
      return engine.configs().load_allowed(tenant);
    });
  }

  void save_allowed(std::string tenant, std::vector<std::string> origins,
                    change_record why,
                    std::function<void(status)> done) override {
    change(
      [tenant = std::move(tenant),
       origins = std::move(origins)](config_table& configs) {
        return configs.save_allowed(tenant, origins);
      },
      std::move(why), std::move(done));
  }

  void load_rules(std::string tenant,
                  std::function<void(expected<tenant_rules>)> done) override {
    ask(std::move(done), [tenant = std::move(tenant)](store_engine& engine) {
      return engine.configs().load_rules(tenant);
    });
  }

  void save_trust(std::string tenant, ca_bundle_ptr trust, change_record why,
                  std::function<void(status)> done) override {
    change(
      [tenant = std::move(tenant), trust = std::move(trust)](
        config_table& configs) { return configs.save_trust(tenant, trust); },
      std::move(why), std::move(done));
  }

  void rewrap(rewrap_order what,
              std::function<void(expected<rewrap_batch>)> done) override {
    post(
      std::move(done),
      [what = std::move(what)](store_engine& engine, const auto& tell) {
        tell(engine.rewrap(what));
      },
      task_kind::commits);
  }

  void count_wraps(
    std::function<void(expected<std::map<uint32_t, uint64_t>>)> done) override {
    ask(std::move(done),
        [](store_engine& engine) { return engine.wraps().count(); });
  }

  void add_master_key(stage_keys stage, change_record why,
                      std::function<void(status)> done) override {
    change_by(std::move(done), [stage = std::move(stage),
                                why = std::move(why)](store_engine& engine) {
      return engine.add_master_key(stage, why);
    });
  }

  void drop_master_key(uint32_t version, stage_keys stage, change_record why,
                       std::function<void(status)> done) override {
    change_by(std::move(done), [version, stage = std::move(stage),
                                why = std::move(why)](store_engine& engine) {
      return engine.drop_master_key(version, stage, why);
    });
  }

  void load_access(std::function<void(expected<stored_access>)> done) override {
    ask(std::move(done),
        [](store_engine& engine) { return engine.access().load(); });
  }

  void change_access(access_change what, change_record why,
                     std::function<void(status)> done) override {
    change_by(std::move(done), [what = std::move(what),
                                why = std::move(why)](store_engine& engine) {
      return engine.change_access(what, why);
    });
  }

  // -- store ------------------------------------------------------------------

  status health() const override {
    return writer_->health();
  }

  seal_state seals() const override {
    return writer_->seals();
  }

  ledger_counts counts() const override {
    return writer_->counts();
  }

  const std::string& ledger_id() const noexcept override {
    return ledger_id_;
  }

private:
  void change(std::function<status(config_table&)> change, change_record why,
              std::function<void(status)> done) {
    change_by(std::move(done),
              [change = std::move(change), why = std::move(why)](
                store_engine& engine) { return engine.change(change, why); });
  }

  template <class Work>
  void change_by(std::function<void(status)> done, Work work) {
    post(
      std::move(done),
      [work = std::move(work)](store_engine& engine, const auto& tell) {
        tell(work(engine));
      },
      task_kind::commits);
  }

  std::string ledger_id_;
  std::chrono::milliseconds close_patience_;
};

} // namespace

expected<std::unique_ptr<store>> open_store(store_options options,
                                            secret_bytes fingerprint_key) {
  try {
    auto guard = std::make_shared<telling>();
    options.sink = guard->guarded(std::move(options.sink));
    if (options.log)
      options.log = guard->guarded(std::move(options.log));
    auto key = fingerprint_key.bytes();
    auto engine = store_engine::open(options, key);
    if (!engine)
      return engine.error();
    auto ledger_id = (*engine)->ledger_id();
    auto writer = store_writer::start(*std::move(engine), record_encoder{key},
                                      {options.stall, options.read_stall});
    return std::unique_ptr<store>{std::make_unique<embedded_store>(
      std::move(ledger_id), options,
      store_asking{std::move(guard), std::move(writer)})};
  } catch (const std::exception& why) {
    return broken(why);
  }
}

} // namespace byollm
