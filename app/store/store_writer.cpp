// SPDX-License-Identifier: Apache-2.0
#include "app/store/store_writer.hpp"

#include "app/loop/runtime_thread.hpp"
#include "messages/limits.hpp"

#include <exception>
#include <utility>

namespace byollm {

namespace {

// Reads may take so long together before what is to be recorded has its turn.
constexpr auto jobs_slice = std::chrono::milliseconds{2};
// How soon new room is seen.
constexpr auto room_look_interval = std::chrono::milliseconds{100};

failure closing() {
  return {errc::stopping, "the store is closing"};
}

} // namespace

store_writer::store_writer(std::unique_ptr<store_engine> engine,
                           record_encoder encoder, bounds may_take)
    : engine_(std::move(engine)),
      may_take_(may_take),
      encoder_(std::move(encoder)),
      next_seq_(engine_->ledger_size() + 1),
      seals_(engine_->seals()),
      counts_(engine_->counts()) {
  // nop
}

std::shared_ptr<store_writer>
store_writer::start(std::unique_ptr<store_engine> engine,
                    record_encoder encoder, bounds may_take) {
  std::shared_ptr<store_writer> result{
    new store_writer(std::move(engine), std::move(encoder), may_take)};
  result->thread_ = std::thread{[result] { result->run(); }};
  return result;
}

// -- from any thread ----------------------------------------------------------

void store_writer::append(std::vector<ledger_entry> batch,
                          std::function<void(expected<uint64_t>)> done) {
  append_request request;
  request.batch = std::move(batch);
  request.done = std::move(done);
  std::lock_guard in_order{intake_};
  auto first_seq = reserve(request.batch.size());
  auto ready = first_seq ? encode(request, *first_seq) : first_seq.error();
  {
    std::lock_guard guard{mutex_};
    if (ready) {
      appends_.push_back(std::move(request));
    } else {
      if (first_seq)
        waiting_records_ -= request.batch.size();
      request.result = ready.error();
      refused_.push_back(std::move(request));
    }
  }
  wake_.notify_one();
}

expected<uint64_t> store_writer::reserve(size_t records) {
  std::lock_guard guard{mutex_};
  if (records == 0)
    return failure{errc::invalid_request, "an empty batch"};
  if (!encoder_health_)
    return failure{errc::audit_unavailable, encoder_health_.error().detail};
  if (waiting_records_ + records > limits::ledger_waiting_max)
    return failure{errc::audit_unavailable,
                   "too many records wait for the ledger"};
  waiting_records_ += records;
  return std::exchange(next_seq_, next_seq_ + records);
}

status store_writer::encode(append_request& request, uint64_t first_seq) {
  try {
    auto encoded = encoded_batch::make(encoder_, request.batch, first_seq);
    if (encoded) {
      request.encoded = *std::move(encoded);
      return unit{};
    }
    auto why = encoded.error();
    if (why.code != errc::invalid_request)
      why.code = errc::audit_unavailable;
    return why;
  } catch (const std::exception& why) {
    // Half a record may be in its hashes.
    std::lock_guard guard{mutex_};
    encoder_health_ = failure{errc::store_unavailable, why.what()};
    return failure{errc::audit_unavailable, why.what()};
  }
}

void store_writer::post(task_kind kind, task work, refusal refuse) {
  {
    std::lock_guard guard{mutex_};
    jobs_.push_back({kind, std::move(work), std::move(refuse)});
  }
  wake_.notify_one();
}

void store_writer::add_read(std::unique_ptr<long_read> read) {
  reads_.push_back(std::move(read));
}

status store_writer::health() const {
  {
    std::lock_guard guard{mutex_};
    if (late_at_ && clock::now() > *late_at_)
      return failure{errc::store_unavailable, "the disk does not answer"};
    if (!encoder_health_)
      return encoder_health_;
  }
  return engine_->health();
}

seal_state store_writer::seals() const {
  std::lock_guard guard{mutex_};
  auto result = seals_;
  // An anchor fails and recovers while this thread sleeps.
  if (!ended_)
    result.anchors = engine_->anchors_health();
  return result;
}

ledger_counts store_writer::counts() const {
  std::lock_guard guard{mutex_};
  return counts_;
}

bool store_writer::close(std::chrono::milliseconds patience) {
  std::unique_lock guard{mutex_};
  stopping_ = true;
  wake_.notify_one();
  auto seen = steps_;
  while (!ended_ && moved_.wait_for(guard, patience, [&] {
    return ended_ || steps_ != seen;
  }))
    seen = steps_;
  if (ended_) {
    guard.unlock();
    thread_.join();
    return true;
  }
  thread_.detach();
  auto appends = std::exchange(appends_, {});
  auto refused = std::exchange(refused_, {});
  auto jobs = std::exchange(jobs_, {});
  guard.unlock();
  for (auto& request : appends)
    request.done(closing());
  for (auto& request : refused)
    request.done(closing());
  for (auto& each : jobs)
    each.refuse(closing());
  return false;
}

// -- the writer thread --------------------------------------------------------

void store_writer::run() {
  runtime_thread mark;
  round next;
  while (wait(next)) {
    write(next);
    do_jobs(next.jobs);
    read_slice();
    begin_step(may_take_.commit);
    engine_->seal_if_due(sealer::clock::now());
    auto seals = engine_->seals();
    end_step();
    std::lock_guard guard{mutex_};
    seals_ = std::move(seals);
    next_seq_ = engine_->ledger_size() + 1 + waiting_records_;
  }
  end();
}

// Takes what waits. Returns false when there is nothing left and nothing will
// come.
bool store_writer::wait(round& next) {
  std::unique_lock guard{mutex_};
  auto is_due = [this] { return has_work() || stopping_ || !reads_.empty(); };
  while (engine_->is_low()) {
    auto look_at = clock::now() + room_look_interval;
    auto until = std::min(look_at, engine_->seal_due().value_or(look_at));
    if (wake_.wait_until(guard, until, is_due) || clock::now() < look_at)
      break;
    // Work of the disk: not under the lock, and watched like all of it.
    guard.unlock();
    begin_step(may_take_.commit);
    engine_->look_for_room();
    end_step();
    guard.lock();
  }
  // With everything signed there is nothing to wake up for.
  if (auto seal = engine_->seal_due())
    wake_.wait_until(guard, *seal, is_due);
  else
    wake_.wait(guard, is_due);
  return take(next);
}

bool store_writer::take(round& next) {
  if (stopping_ && !has_work())
    return false;
  size_t records = 0;
  while (!appends_.empty()
         && (records == 0
             || records + appends_.front().batch.size()
                  <= limits::ledger_batch_max)) {
    records += appends_.front().batch.size();
    next.group.push_back(std::move(appends_.front()));
    appends_.pop_front();
  }
  waiting_records_ -= records;
  next.refused.swap(refused_);
  next.jobs = jobs_.size();
  return true;
}

void store_writer::write(round& next) {
  for (auto& request : next.refused)
    request.done(std::move(request.result));
  if (!next.group.empty()) {
    begin_step(may_take_.commit);
    engine_->commit(next.group);
    end_step();
  }
  for (auto& request : next.group)
    request.done(std::move(request.result));
  next.group.clear();
  next.refused.clear();
}

// One by one, so that those behind one that hangs can still be refused.
void store_writer::do_jobs(size_t count) {
  auto began = clock::now();
  for (; count > 0; --count) {
    job next;
    {
      std::lock_guard guard{mutex_};
      if (jobs_.empty()
          || (!appends_.empty() && clock::now() - began > jobs_slice))
        return;
      next = std::move(jobs_.front());
      jobs_.pop_front();
    }
    begin_step(next.kind == task_kind::commits ? may_take_.commit
                                               : may_take_.read);
    next.work(*engine_);
    engine_->note_reading();
    end_step();
  }
}

void store_writer::read_slice() {
  if (reads_.empty())
    return;
  auto read = std::move(reads_.front());
  reads_.pop_front();
  begin_step(may_take_.read);
  auto over = read->step(engine_->scan());
  engine_->note_reading();
  end_step();
  if (!over)
    reads_.push_back(std::move(read));
}

void store_writer::end() {
  begin_step(may_take_.commit);
  engine_->finish_sealing();
  end_step();
  for (auto& read : reads_)
    read->abandon(closing());
  reads_.clear();
  // Closed here: the database belongs to this thread.
  engine_.reset();
  std::lock_guard guard{mutex_};
  ended_ = true;
  moved_.notify_all();
}

void store_writer::begin_step(std::chrono::milliseconds may_take) {
  std::lock_guard guard{mutex_};
  late_at_ = clock::now() + may_take;
}

void store_writer::end_step() {
  auto counts = engine_->counts();
  std::lock_guard guard{mutex_};
  counts_ = counts;
  ++steps_;
  late_at_.reset();
  moved_.notify_all();
}

} // namespace byollm
