// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/store/access_table.hpp"
#include "app/store/anchor_keeper.hpp"
#include "app/store/call_records.hpp"
#include "app/store/config_table.hpp"
#include "app/store/ledger_table.hpp"
#include "app/store/long_read.hpp"
#include "app/store/room.hpp"
#include "app/store/sealer.hpp"
#include "app/store/store.hpp"
#include "app/store/wrap_table.hpp"
#include "app/vault/private_files.hpp"

#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <string>

namespace byollm {

/// Takes the lock that makes this process the owner of `directory`. Errors:
/// `store_owned`, `store_unavailable`.
expected<unique_fd> lock_directory(const std::filesystem::path& directory);

/// The name of the database file in a data directory.
std::filesystem::path database_file(const std::filesystem::path& directory);

/// One `ledger_store::append` that waits.
struct append_request {
  std::vector<ledger_entry> batch;
  encoded_batch encoded;
  std::function<void(expected<uint64_t>)> done;
  /// What `done` is to be told, once it was committed or not.
  expected<uint64_t> result = uint64_t{0};
};

/// Everything that the store does, on one thread: the writer's; any may ask for
/// its health.
class store_engine {
public:
  /// As `open_store`.
  static expected<std::unique_ptr<store_engine>>
  open(store_options options, byte_view fingerprint_key);

  /// Commits all of `group` in one transaction and sets its results. A batch
  /// that cannot be recorded fails alone. While room is low, only a batch with
  /// an outcome is taken.
  void commit(std::span<append_request> group);

  /// Runs `change` and appends `why` in one transaction.
  status change(const std::function<status(config_table&)>& change,
                change_record why);

  /// Removes a user's configuration and then its ciphertext from the
  /// write-ahead log too.
  status remove_user(std::string_view tenant, std::string_view user,
                     change_record why);

  /// Replaces a user's configuration by one without a key, and goes on as
  /// `remove_user`.
  status strip_user(const stored_user_config& left, change_record why);

  expected<ledger_reader::past_call> find_call(std::string_view tenant,
                                               std::string_view call);

  // -- checkpoints ------------------------------------------------------------

  /// When `seal_if_due` wants to be called; nothing while there is nothing to
  /// sign.
  std::optional<sealer::clock::time_point> seal_due() const;

  /// Works for one slice at the next checkpoint, if it is time for that.
  void seal_if_due(sealer::clock::time_point now);

  /// Makes a checkpoint over all that is there as soon as it can be.
  void seal_now(std::function<void(expected<uint64_t>)> done);

  /// Signs what is left, before the store closes.
  void finish_sealing();

  seal_state seals() const;

  /// Why an anchor has not got the newest checkpoint. Thread: any.
  status anchors_health() const {
    return anchors_->health();
  }

  ledger_counts counts() const noexcept {
    return {ledger_->size(), ledger_->open().size(), room_.free_bytes()};
  }

  /// What the ledger can be verified against; as long-lived as the engine.
  seal_view seal_evidence() noexcept;

  // -- reading ----------------------------------------------------------------

  /// Proves the records of a call under the newest checkpoint. Errors:
  /// `not_found`.
  expected<std::vector<std::string>> prove(std::string_view tenant,
                                           std::string_view call);

  /// Proves that the newest checkpoint extends the first `old` records. Errors:
  /// `invalid_request`.
  expected<std::string> prove_extension(uint64_t old);

  checkpoint_table& checkpoints() noexcept {
    return sealer_->table();
  }

  const std::string& origin() const noexcept {
    return sealer_->signer().origin;
  }

  /// Why nothing more is written, or no call may begin; success while all is
  /// well. Thread: any.
  status health() const;

  /// Whether to `look_for_room` now and then, because room is low.
  bool is_low() const noexcept {
    return is_low_;
  }

  void look_for_room();

  /// Closes admission if the last thing that was read could not be.
  void note_reading();

  config_table& configs() noexcept {
    return *configs_;
  }

  /// As the table loads them, with the marks of keys that are refused.
  expected<std::optional<stored_user_config>> load_user(std::string_view tenant,
                                                        std::string_view user);
  expected<std::vector<stored_user_config>>
  list_users(std::string_view tenant, std::string_view after, size_t limit);
  expected<stored_platform_config> load_platform();

  wrap_table& wraps() noexcept {
    return wraps_;
  }

  access_table& access() noexcept {
    return access_;
  }

  /// Changes who may call, and records it, in one transaction.
  status change_access(const access_change& what, change_record why);

  /// Wraps one batch of stored keys anew, in one transaction.
  expected<rewrap_batch> rewrap(const rewrap_order& what);

  using stage_keys = wrap_store::stage_keys;

  /// Records a master key, and then adds it.
  status add_master_key(const stage_keys& stage, change_record why);

  /// Records that a master key which wraps nothing is dropped, and drops it.
  status drop_master_key(uint32_t version, const stage_keys& stage,
                         change_record why);

  database& db() noexcept {
    return db_;
  }

  ledger_scan& scan() noexcept {
    return scan_;
  }

  uint64_t ledger_size() const noexcept {
    return ledger_->size();
  }

  /// As long-lived as the engine.
  call_records& calls() noexcept {
    return *calls_;
  }

  const std::string& ledger_id() const noexcept {
    return ledger_id_;
  }

private:
  store_engine(store_options options, byte_view fingerprint_key, unique_fd lock,
               database db);

  struct seal_request {
    uint64_t size;
    std::function<void(expected<uint64_t>)> done;
  };

  status load(byte_view fingerprint_key);
  status check_configs();
  status open_seals();
  status catch_anchors_up();
  status check_anchor(const tree_head& head);
  status seal_slice(size_t slice, sealer::clock::time_point now);
  void stop_sealing(const failure& why);
  void answer_seals(const failure& why);
  status close_open_intents(std::vector<ledger_entry> outcomes);
  status bound_pages(uint64_t bytes);
  void write_group(std::span<append_request> group);
  bool give_up_room();
  status remove_key(const std::function<status(config_table&)>& remove,
                    const change_record& why);
  /// Writes the log's pages into the database, by a pragma that does.
  status write_back(const char* checkpoint);
  template <class Append>
  status transact(Append append_all);
  status commit_all(std::span<append_request> group);
  status change_all(const std::function<status(config_table&)>& change,
                    change_record why);
  status check_unused(uint32_t version);
  status change_keys(const stage_keys& stage, change_record why);

  // Nothing is written once the store is not well, and what throws (memory,
  // OpenSSL) leaves it unwell: the transaction was rolled back on the way here.
  template <class Write>
  status guarded(Write write) {
    if (!health_)
      return health_;
    try {
      return write();
    } catch (const std::exception& why) {
      set_health(failure{errc::store_unavailable, why.what()});
      return health_;
    }
  }

  status append(append_request& request);
  status append(change_record why);
  expected<encoded_batch> encode(std::span<const ledger_entry> entries);
  status note_row(const encoded_batch::record& record);
  void committed();
  void cut_log();
  failure note(failure why);
  status check_in_place();
  void set_health(status is);
  void set_low();
  failure low() const;

  store_options options_;
  // The lock outlives the database: whoever gets it finds the file closed.
  unique_fd lock_;
  database db_;
  ledger_scan scan_;
  std::optional<config_table> configs_;
  wrap_table wraps_;
  access_table access_;
  /// For what is appended by the engine itself.
  record_encoder encoder_;
  std::unique_ptr<ledger_table> ledger_;
  std::optional<call_records> calls_;
  std::unique_ptr<sealer> sealer_;
  std::unique_ptr<anchor_keeper> anchors_;
  status sealing_ = unit{};
  std::vector<seal_request> seals_wanted_;
  /// How many records there were when the last slice of sealing ran.
  uint64_t seal_sliced_at_ = 0;
  std::string ledger_id_;
  room room_;
  /// The last transaction found no room.
  bool was_full_ = false;
  /// Of the bound on the file, what is kept for outcomes; 0 once it is used.
  uint64_t held_back_ = 0;
  /// The log has older copies of what was removed.
  bool owes_cut_ = false;
  /// Rows for the host's sink, of the transaction under way.
  std::vector<ledger_row> rows_;
  // -- what others may ask ----------------------------------------------------
  mutable std::mutex mutex_;
  status health_ = unit{};
  bool is_low_ = false;
};

} // namespace byollm
