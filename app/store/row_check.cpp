// SPDX-License-Identifier: Apache-2.0
#include "app/store/row_check.hpp"

#include "app/ledger/decode.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace byollm {

namespace {

// (tenant, user); both empty for the platform's LLMs.
using whose = std::pair<std::string, std::string>;

struct last_change {
  uint64_t seq = 0;
  bool removed = false;
};

/// Who has settings by the ledger, and which record says so.
class last_changes {
public:
  /// Takes the changes from record `from` on, once the records up to `now` give
  /// that tree: an edited one could say anything. Errors: `store_corrupt`.
  status read(ledger_scan& ledger, uint64_t from, const tree_edge& now) {
    std::optional<ledger_verifier> verifier;
    status result = unit{};
    auto read = ledger.batches(from, [&](const stored_batch& batch) {
      if (!verifier) {
        auto before = ledger.edge_at(hasher_, batch.first_seq - 1);
        if (!before)
          result = before.error();
        else
          verifier.emplace(*std::move(before));
      }
      if (result && !verify_batch(*verifier, batch))
        result = damaged();
      batch_reader reader{batch};
      while (auto record = result ? reader.next() : std::nullopt)
        result = take(*record, from);
      return bool{result};
    });
    if (!read)
      return read;
    if (result && verifier
        && (verifier->edge().size() != now.size()
            || verifier->edge().root(hasher_) != now.root(hasher_)))
      return damaged();
    return result;
  }

  last_change of(const whose& who) const {
    auto found = last_.find(who);
    return found == last_.end() ? last_change{} : found->second;
  }

  const std::map<whose, last_change>& all() const noexcept {
    return last_;
  }

private:
  static failure damaged() {
    return {errc::store_corrupt, "the ledger is damaged"};
  }

  status take(const stored_record& record, uint64_t from) {
    auto decoded = decode_public(record.public_part);
    if (!decoded)
      return decoded.error();
    if (decoded->type == record_type::change && decoded->seq >= from)
      note(*decoded);
    return unit{};
  }

  void note(const public_view& record) {
    auto subject = record.fields.text(field::subject);
    auto removed = subject == change_subject::user_llm_removed;
    if (!removed && subject != change_subject::user_llm
        && subject != change_subject::platform)
      return;
    last_[{std::string{record.fields.text(field::tenant)},
           std::string{record.fields.text(field::user)}}]
      = {record.seq, removed};
  }

  tree_hasher hasher_;
  std::map<whose, last_change> last_;
};

void warn(const log_fn& log, const config_place& place) {
  if (log)
    log(log_level::error, "stored LLM settings are not what the ledger says",
        {{"slot", place.slot}, {"tenant", place.tenant}, {"user", place.user}});
}

/// Marks what is not as the ledger says; returns how many.
expected<size_t> mark_stale(config_table& configs, const last_changes& ledger,
                            const log_fn& log) {
  size_t marked = 0;
  std::set<whose> there;
  auto mark = [&](config_place place) {
    warn(log, place);
    configs.mark_stale(std::move(place));
    ++marked;
  };
  auto looked = configs.each_llm([&](const config_table::llm_row& seen) {
    const auto& row = seen.row;
    auto last = ledger.of({row.tenant, row.user});
    there.insert({row.tenant, row.user});
    if (!seen.is_ours || last.removed || last.seq != row.change_seq)
      mark({seen.slot, row.tenant, row.user});
  });
  if (!looked)
    return looked.error();
  for (const auto& [who, last] : ledger.all())
    if (!who.first.empty() && !last.removed && there.count(who) == 0)
      mark({"user", who.first, who.second});
  return marked;
}

// Nothing says which row is right: none is used.
status mark_all(config_table& configs, const log_fn& log) {
  std::vector<config_place> places;
  auto looked = configs.each_llm([&](const config_table::llm_row& seen) {
    places.push_back({seen.slot, seen.row.tenant, seen.row.user});
  });
  for (auto& place : places) {
    warn(log, place);
    configs.mark_stale(std::move(place));
  }
  return looked;
}

// Rows and seal fit each other; is there a change that they do not know?
expected<bool> is_current(ledger_scan& ledger, uint64_t covered,
                          const tree_edge& now) {
  if (covered >= now.size())
    return covered == now.size();
  last_changes later;
  auto read = later.read(ledger, covered + 1, now);
  if (!read && read.error().code != errc::store_corrupt)
    return read.error();
  return read && later.all().empty();
}

status renew(config_table& configs, uint64_t size, const log_fn& log) {
  if (log)
    log(log_level::warning,
        "the seal of the stored LLM settings was renewed: it did not fit, "
        "though each row is what the ledger says",
        {});
  return configs.seal_as_is(size, {});
}

status judge_each(config_table& configs, const last_changes& changes,
                  uint64_t size, const log_fn& log) {
  auto marked = mark_stale(configs, changes, log);
  if (!marked)
    return marked.error();
  return *marked > 0 ? unit{} : renew(configs, size, log);
}

} // namespace

status check_rows(config_table& configs, ledger_scan& ledger,
                  const tree_edge& now, const log_fn& log) {
  using kind = config_table::seal_state::kind;
  auto state = configs.compare_with_seal();
  if (!state)
    return state.error();
  if (state->is == kind::fits) {
    auto current = is_current(ledger, state->covered, now);
    if (!current)
      return current.error();
    if (*current) {
      configs.trust_seal();
      return unit{};
    }
  }
  last_changes changes;
  if (auto read = changes.read(ledger, 1, now); !read)
    return read.error().code == errc::store_corrupt ? mark_all(configs, log)
                                                    : read;
  if (state->is == kind::none)
    return configs.seal_as_is(now.size(), [&](const config_place& place) {
      return changes.of({place.tenant, place.user}).seq;
    });
  return judge_each(configs, changes, now.size(), log);
}

} // namespace byollm
