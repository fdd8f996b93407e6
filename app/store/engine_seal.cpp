// SPDX-License-Identifier: Apache-2.0
// How the store signs checkpoints and hands them on.
#include "app/store/engine.hpp"
#include "messages/limits.hpp"

#include <algorithm>

namespace byollm {

status store_engine::open_seals() {
  auto directory = open_private_directory(options_.directory);
  if (!directory)
    return directory.error();
  auto signer = open_signer(*directory, ledger_id_);
  if (!signer)
    return signer.error();
  auto made = sealer::open(db_, scan_, *std::move(signer), ledger_->size());
  if (!made)
    return made.error();
  sealer_ = *std::move(made);
  sealer_->table().with_each(
    [this](uint64_t size) { return configs_->cover(size); });
  seal_sliced_at_ = ledger_->size();
  // What an earlier run left unsigned is signed at once.
  sealer_->hurry();
  std::vector<std::unique_ptr<anchor>> places;
  if (!options_.anchors.file.empty())
    places.push_back(make_file_anchor(options_.anchors.file));
  if (options_.anchors.syslog != syslog_facility::none)
    places.push_back(make_syslog_anchor(options_.anchors.syslog,
                                        options_.anchors.syslog_socket));
  anchors_ = std::make_unique<anchor_keeper>(std::move(places), options_.log);
  return catch_anchors_up();
}

status store_engine::catch_anchors_up() {
  status result = unit{};
  anchors_->each_newest(
    sealer_->signer().known,
    [&](size_t place, const std::optional<checkpoint>& newest) {
      if (newest && newest->origin == sealer_->signer().origin)
        if (auto fits = check_anchor(newest->head); !fits) {
          stop_sealing(fits.error());
          return;
        }
      auto kept = sealer_->table().newest(limits::anchors_waiting_max);
      if (!kept) {
        result = kept.error();
        return;
      }
      for (const auto& each : *kept)
        if (!newest || each.size > newest->head.size)
          anchors_->add_to(place, anchor_line(each.note));
    });
  return result;
}

// Whoever restores an older database does not reach the anchors.
status store_engine::check_anchor(const tree_head& head) {
  auto counted = std::to_string(head.size);
  if (head.size > ledger_->size())
    return failure{errc::store_corrupt, "rolled back: an anchor covers "
                                          + counted + " records, there are "
                                          + std::to_string(ledger_->size())};
  tree_hasher hasher;
  auto edge = scan_.edge_at(hasher, head.size);
  if (!edge)
    return edge.error();
  if (edge->root(hasher) != head.root)
    return failure{errc::store_corrupt,
                   "forked: an anchor of " + counted + " records disagrees"};
  return unit{};
}

void store_engine::stop_sealing(const failure& why) {
  if (options_.log)
    options_.log(log_level::error, "no checkpoints are made any more",
                 {{"why", why.detail}});
  sealing_ = why;
  answer_seals(why);
}

void store_engine::seal_now(std::function<void(expected<uint64_t>)> done) {
  if (!sealing_)
    return done(sealing_.error());
  if (!health_)
    return done(health_.error());
  if (sealer_->is_done())
    return done(sealer_->signed_size());
  seals_wanted_.push_back({ledger_->size(), std::move(done)});
  sealer_->hurry();
}

std::optional<sealer::clock::time_point> store_engine::seal_due() const {
  if (!sealing_ || !health_)
    return std::nullopt;
  return sealer_->due();
}

void store_engine::seal_if_due(sealer::clock::time_point now) {
  if (!health_)
    return answer_seals(health_.error());
  auto due = seal_due();
  if (!due || *due > now)
    return;
  // As much as was written since, or a busy ledger would outrun its seal.
  auto written = static_cast<size_t>(ledger_->size() - seal_sliced_at_);
  auto slice = std::max(limits::ledger_seal_slice, written);
  seal_sliced_at_ = ledger_->size();
  auto made = guarded([&]() -> status { return seal_slice(slice, now); });
  if (made)
    return;
  answer_seals(made.error());
  if (made.error().code == errc::store_corrupt) {
    // What is on the disk is not what was written: as after a damaged page.
    set_health(made.error());
    stop_sealing(made.error());
  }
}

status store_engine::seal_slice(size_t slice, sealer::clock::time_point now) {
  auto made = sealer_->step(db_, scan_, ledger_->edge(), slice, now);
  if (!made)
    return note(made.error());
  if (!*made)
    return unit{};
  anchors_->add(anchor_line((*made)->note));
  auto covered = (*made)->size;
  auto is_covered
    = [=](const seal_request& request) { return request.size <= covered; };
  auto left = std::partition(seals_wanted_.begin(), seals_wanted_.end(),
                             std::not_fn(is_covered));
  std::vector<seal_request> ready{std::move_iterator{left},
                                  std::move_iterator{seals_wanted_.end()}};
  seals_wanted_.erase(left, seals_wanted_.end());
  if (!seals_wanted_.empty())
    sealer_->hurry();
  for (auto& request : ready)
    request.done(covered);
  return unit{};
}

void store_engine::answer_seals(const failure& why) {
  for (auto& request : std::exchange(seals_wanted_, {}))
    request.done(why);
}

void store_engine::finish_sealing() {
  sealer_->hurry();
  // A failure makes it due again only later, which is not now.
  for (;;) {
    auto now = sealer::clock::now();
    auto due = seal_due();
    if (!due || *due > now)
      break;
    seal_if_due(now);
  }
  answer_seals({errc::stopping, "the store is closing"});
}

seal_state store_engine::seals() const {
  return {sealer_->signed_size(), sealer_->newest(), anchors_->places(),
          sealing_, anchors_->health()};
}

} // namespace byollm
