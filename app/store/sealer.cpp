// SPDX-License-Identifier: Apache-2.0
#include "app/store/sealer.hpp"

#include "messages/limits.hpp"

namespace byollm {

namespace {

failure damaged(std::string why) {
  return {errc::store_corrupt, std::move(why)};
}

} // namespace

expected<std::unique_ptr<sealer>> sealer::open(database& db, ledger_scan& scan,
                                               ledger_signer signer,
                                               uint64_t size) {
  auto table = checkpoint_table::open(db);
  if (!table)
    return table.error();
  auto last = table->last();
  if (!last)
    return last.error();
  std::unique_ptr<sealer> result{
    new sealer(*std::move(table), std::move(signer))};
  result->size_ = size;
  if (!*last)
    return result;
  auto known = open_checkpoint((*last)->note, result->signer_.known);
  if (!known || known->origin != result->signer_.origin)
    return damaged("the last checkpoint is not one that we signed");
  if (known->head.size > size)
    return damaged("truncated: a checkpoint covers "
                   + std::to_string(known->head.size) + " records, there are "
                   + std::to_string(size));
  tree_hasher hasher;
  auto edge = scan.edge_at(hasher, known->head.size);
  if (!edge)
    return edge.error();
  if (edge->root(hasher) != known->head.root)
    return damaged("edited: the ledger's first "
                   + std::to_string(known->head.size)
                   + " records are not those that were signed");
  result->verifier_ = ledger_verifier{*std::move(edge), scrutiny::bytes};
  result->signed_ = known->head.size;
  result->newest_ = (*last)->note;
  return result;
}

void sealer::grew(uint64_t size, clock::time_point now) {
  if (is_done())
    first_unsigned_ = now;
  size_ = size;
}

std::optional<sealer::clock::time_point> sealer::due() const noexcept {
  if (is_done())
    return std::nullopt;
  bool now = target_.size != 0 || hurried_
             || size_ - signed_ >= limits::ledger_seal_records;
  auto wanted = now ? clock::time_point{}
                    : first_unsigned_ + limits::ledger_seal_interval;
  return not_before_ ? std::max(*not_before_, wanted) : wanted;
}

expected<std::optional<stored_checkpoint>>
sealer::step(database& db, ledger_scan& scan, const tree_edge& memory,
             size_t slice, clock::time_point now) {
  not_before_ = now + limits::ledger_seal_interval;
  if (target_.size == 0)
    target_ = {memory.size(), memory.root(verifier_.hasher())};
  if (verifier_.edge().size() < target_.size)
    if (auto read = read_back(scan, slice); !read)
      return read.error();
  if (!verifier_.is_well())
    return damaged(verifier_.finish().problem);
  if (verifier_.edge().size() < target_.size) {
    not_before_.reset();
    return std::optional<stored_checkpoint>{};
  }
  auto made = sign(db);
  if (!made)
    return made.error();
  not_before_.reset();
  target_ = {};
  hurried_ = false;
  first_unsigned_ = now;
  return std::optional{*std::move(made)};
}

status sealer::read_back(ledger_scan& scan, size_t slice) {
  auto begin = verifier_.edge().size();
  auto read = scan.batches(begin + 1, [&](const stored_batch& batch) {
    return verify_batch(verifier_, batch)
           && verifier_.edge().size() < target_.size
           && verifier_.edge().size() - begin < slice;
  });
  if (!read)
    return read;
  // No row, although there should be one.
  if (verifier_.edge().size() == begin && verifier_.is_well())
    verifier_.head(target_);
  return unit{};
}

expected<stored_checkpoint> sealer::sign(database& db) {
  // Records, leaves and roots may have been changed together on the disk, but
  // not in here.
  tree_head read{verifier_.edge().size(),
                 verifier_.edge().root(verifier_.hasher())};
  if (read != target_)
    return damaged("edited: records since the last checkpoint are not those "
                   "that were written");
  auto note = sign_checkpoint({signer_.origin, read}, signer_.key);
  if (!note)
    return note.error();
  stored_checkpoint result{read.size, *std::move(note)};
  if (auto added = table_.add(db, result); !added)
    return added.error();
  signed_ = read.size;
  newest_ = result.note;
  return result;
}

} // namespace byollm
