// SPDX-License-Identifier: Apache-2.0
// What the store writes: groups of records, and changes with theirs.
#include "app/ledger/row.hpp"
#include "app/store/engine.hpp"

#include <algorithm>
#include <utility>

namespace byollm {

namespace {

/// Takes back what a transaction staged, if it does not end well.
class staging {
public:
  explicit staging(ledger_table& in) : in_(&in) {
    in.begin();
  }

  staging(const staging&) = delete;
  staging& operator=(const staging&) = delete;

  ~staging() {
    if (in_)
      in_->drop();
  }

  void keep() {
    std::exchange(in_, nullptr)->keep();
  }

private:
  ledger_table* in_;
};

bool has_outcome(const std::vector<ledger_entry>& batch) {
  return std::ranges::any_of(batch, [](const ledger_entry& entry) {
    return entry.as<outcome_record>() != nullptr;
  });
}

failure not_recorded(const failure& why) {
  return {errc::audit_unavailable,
          "the ledger could not be written: " + why.detail};
}

} // namespace

// -- appending ----------------------------------------------------------------

void store_engine::commit(std::span<append_request> group) {
  look_for_room();
  if (!is_low())
    return write_group(group);
  auto why = low();
  auto refused = std::stable_partition(
    group.begin(), group.end(),
    [](const auto& request) { return has_outcome(request.batch); });
  auto outcomes = group.first(static_cast<size_t>(refused - group.begin()));
  for (auto& request : group.subspan(outcomes.size()))
    request.result = why;
  if (!outcomes.empty())
    write_group(outcomes);
}

void store_engine::write_group(std::span<append_request> group) {
  auto done = guarded([&] { return commit_all(group); });
  if (!done && was_full_ && give_up_room())
    done = guarded([&] { return commit_all(group); });
  if (done) {
    committed();
  } else if (done.error().code == errc::invalid_request && group.size() > 1) {
    for (size_t i = 0; i < group.size(); ++i)
      write_group(group.subspan(i, 1));
  } else {
    for (auto& request : group)
      request.result = done.error().code == errc::invalid_request
                         ? done.error()
                         : not_recorded(done.error());
  }
}

template <class Append>
status store_engine::transact(Append append_all) {
  rows_.clear();
  was_full_ = false;
  auto work = transaction::begin(db_);
  if (!work)
    return note(work.error());
  staging staged{*ledger_};
  if (auto appended = append_all(); !appended)
    return note(appended.error());
  if (auto ended = ledger_->end(); !ended)
    return note(ended.error());
  if (auto done = work->commit(); !done)
    return note(done.error());
  staged.keep();
  return check_in_place();
}

status store_engine::commit_all(std::span<append_request> group) {
  return transact([&]() -> status {
    for (auto& request : group)
      if (auto appended = append(request); !appended)
        return appended;
    return unit{};
  });
}

status store_engine::append(append_request& request) {
  auto first = ledger_->next_seq();
  request.result = first;
  request.encoded.number(ledger_->hasher(), first);
  for (size_t i = 0; i < request.batch.size(); ++i) {
    auto record = request.encoded.at(i);
    if (auto appended = ledger_->append(request.batch[i], record); !appended)
      return appended;
    if (auto noted = note_row(record); !noted)
      return noted;
  }
  return unit{};
}

status store_engine::append(change_record why) {
  append_request request;
  request.batch.emplace_back(std::move(why));
  auto encoded = encode(request.batch);
  if (!encoded)
    return encoded.error();
  request.encoded = *std::move(encoded);
  return append(request);
}

expected<encoded_batch>
store_engine::encode(std::span<const ledger_entry> entries) {
  return encoded_batch::make(encoder_, entries, ledger_->size() + 1);
}

// For the host's sink, if there is one.
status store_engine::note_row(const encoded_batch::record& record) {
  if (!options_.sink)
    return unit{};
  auto decoded = decode_public(record.public_part);
  if (!decoded)
    return decoded.error();
  auto payload = decode_payload(decoded->type, record.payload);
  if (!payload)
    return payload.error();
  rows_.push_back(to_row(*decoded, &*payload, record.leaf));
  return unit{};
}

// The sink comes before the callbacks: what is acknowledged is in both places.
void store_engine::committed() {
  for (const auto& row : rows_)
    options_.sink->committed(row);
  rows_.clear();
  if (sealer_)
    sealer_->grew(ledger_->size(), sealer::clock::now());
  if (owes_cut_)
    cut_log();
}

// -- configuration ------------------------------------------------------------

status store_engine::change(const std::function<status(config_table&)>& change,
                            change_record why) {
  // What is left is for outcomes.
  if (is_low())
    return failure{errc::store_unavailable, low().detail};
  return guarded([&] { return change_all(change, std::move(why)); });
}

status
store_engine::change_all(const std::function<status(config_table&)>& change,
                         change_record why) {
  auto changed = transact([&]() -> status {
    configs_->begin_change(ledger_->next_seq());
    if (auto done = change(*configs_); !done)
      return done;
    if (auto covered = configs_->cover(ledger_->next_seq()); !covered)
      return covered;
    return append(std::move(why));
  });
  if (changed) {
    configs_->keep_change();
    committed();
  }
  return changed;
}

// No record: who reads the ledger learns when all are wrapped.
expected<rewrap_batch> store_engine::rewrap(const rewrap_order& what) {
  if (is_low())
    return failure{errc::store_unavailable, low().detail};
  expected<rewrap_batch> result = rewrap_batch{};
  auto done = guarded([&]() -> status {
    auto work = transaction::begin(db_);
    if (!work)
      return note(work.error());
    result = wraps_.rewrap(what);
    if (!result)
      return note(result.error());
    if (auto committed = work->commit(); !committed)
      return note(committed.error());
    return check_in_place();
  });
  if (!done)
    return done.error();
  return result;
}

status store_engine::change_access(const access_change& what,
                                   change_record why) {
  return change([&](config_table&) { return access_.apply(what); },
                std::move(why));
}

// The record first: a key that comes or goes without one would be worse than a
// record of a change that has to be asked for again.
status store_engine::change_keys(const stage_keys& stage, change_record why) {
  staged_keys_ptr staged;
  auto get_ready = [&](config_table&) -> status {
    auto made = stage();
    if (!made)
      return made.error();
    staged = *std::move(made);
    return unit{};
  };
  if (auto recorded = change(get_ready, std::move(why)); !recorded)
    return recorded;
  return guarded([&] { return staged->keep(); });
}

status store_engine::add_master_key(const stage_keys& stage,
                                    change_record why) {
  return change_keys(stage, std::move(why));
}

status store_engine::check_unused(uint32_t version) {
  auto wraps = wraps_.count();
  if (!wraps)
    return wraps.error();
  if (auto left = (*wraps)[version]; left > 0)
    return failure{errc::invalid_config,
                   std::to_string(left)
                     + " stored keys are still wrapped under it; rotate "
                       "first",
                   "version"};
  return unit{};
}

status store_engine::drop_master_key(uint32_t version, const stage_keys& stage,
                                     change_record why) {
  auto stage_unused = [&]() -> expected<staged_keys_ptr> {
    if (auto is = check_unused(version); !is)
      return is.error();
    return stage();
  };
  auto dropped = change_keys(stage_unused, std::move(why));
  if (!dropped)
    return dropped;
  configs_->refuse_wraps_of(version);
  // Older wrappings of the keys are still in the log.
  cut_log();
  return dropped;
}

// After the commit: what was acknowledged is where the next start looks.
status store_engine::check_in_place() {
  auto placed = db_.check_in_place();
  if (!placed)
    set_health(placed);
  return placed;
}

status store_engine::remove_user(std::string_view tenant, std::string_view user,
                                 change_record why) {
  return remove_key(
    [&](config_table& in) { return in.remove_user(tenant, user); }, why);
}

status store_engine::strip_user(const stored_user_config& left,
                                change_record why) {
  return remove_key([&](config_table& in) { return in.save_user(left); }, why);
}

status
store_engine::remove_key(const std::function<status(config_table&)>& remove,
                         const change_record& why) {
  // Also while room is low: a key must go when it is asked to.
  auto try_it
    = [&] { return guarded([&] { return change_all(remove, why); }); };
  auto removed = try_it();
  if (!removed && was_full_ && give_up_room())
    removed = try_it();
  // secure_delete clears the page; older copies of it are in the log.
  if (removed)
    cut_log();
  return removed;
}

// What is gone is gone, by its commit: told otherwise, whoever keeps the key
// would go on with it. Where there is no room to cut the log, it is cut behind
// the next commit.
void store_engine::cut_log() {
  auto done = write_back("PRAGMA wal_checkpoint(TRUNCATE)");
  owes_cut_ = !done;
  if (!done)
    note(done.error());
}

} // namespace byollm
