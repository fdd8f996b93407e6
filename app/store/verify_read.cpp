// SPDX-License-Identifier: Apache-2.0
#include "app/store/long_read.hpp"

#include <algorithm>

namespace byollm {

namespace {

// Lines of an anchor file that are read before appends have their turn again.
constexpr size_t slice_anchors = 64;

class verify_read final : public long_read {
public:
  verify_read(uint64_t size, seal_view seals,
              std::function<void(expected<ledger_verdict>)> done)
      : size_(size),
        done_(std::move(done)),
        seals_(std::move(seals)),
        anchors_left_(seals_.anchors) {
    verifier_.watch([this](tree_hasher& hasher, const tree_edge& tree) {
      history_.grew(hasher, tree);
      if (next_ && next_->size == tree.size())
        compare_checkpoint(hasher, tree);
    });
  }

  bool step(ledger_scan& scan) override {
    if (!anchors_left_.empty())
      return read_anchors();
    begin();
    auto more = slice(scan);
    if (more && !trouble_)
      more = trouble_.error();
    if (!more) {
      done_(std::move(more).error());
      return true;
    }
    if (*more && is_well())
      return false;
    done_(finish());
    return true;
  }

  void abandon(failure why) override {
    done_(std::move(why));
  }

private:
  /// What comes after the rows of a slice.
  enum class what {
    end,      ///< No row.
    appended, ///< A row from after we began.
    bad,      ///< The last one was.
    more,
  };

  // A signature takes as long as many records. Returns whether all is over.
  bool read_anchors() {
    auto more = take_anchors(anchors_left_, seals_.known, slice_anchors);
    anchors_.insert(anchors_.end(), more.begin(), more.end());
    if (!anchors_left_.empty())
      return false;
    history_ = signed_history{std::exchange(anchors_, {})};
    if (history_.has_anchors())
      return false;
    done_(failure{errc::not_found,
                  "the anchor file has no anchor of this ledger", "anchor"});
    return true;
  }

  bool is_well() const {
    return verifier_.is_well() && !found_ && trouble_;
  }

  void begin() {
    if (std::exchange(begun_, true) || !seals_.checkpoints)
      return;
    auto last = seals_.checkpoints->last();
    if (!last)
      trouble_ = last.error();
    else if (*last)
      last_checkpoint_ = (*last)->size;
    look_for_checkpoint(1);
  }

  // Returns whether there is more to read.
  expected<bool> slice(ledger_scan& scan) {
    auto begin = verifier_.edge().size();
    auto next = what::end;
    auto read = scan.batches(begin + 1, [&](const stored_batch& batch) {
      if (batch.first_seq > size_)
        next = what::appended;
      else if (!verify_batch(verifier_, batch) || !is_well())
        next = what::bad;
      else if (verifier_.edge().size() - begin >= slice_records)
        next = what::more;
      return next == what::end;
    });
    if (!read)
      return read.error();
    return next == what::end ? check_end(scan) : next == what::more;
  }

  // The ledger must not be shorter than its owner says, nor than its nodes do.
  expected<bool> check_end(ledger_scan& scan) {
    auto covered = scan.covered_by_nodes();
    if (!covered)
      return covered.error();
    auto wanted = std::max(size_, *covered);
    if (verifier_.edge().size() < wanted)
      verifier_.head({wanted, {}});
    return false;
  }

  void look_for_checkpoint(uint64_t from) {
    next_.reset();
    // Later ones are of records from after we began.
    if (from > last_checkpoint_)
      return;
    auto found = seals_.checkpoints->from(from);
    if (found)
      next_ = *std::move(found);
    else
      trouble_ = found.error();
  }

  void compare_checkpoint(tree_hasher& hasher, const tree_edge& tree) {
    if (found_)
      return;
    auto opened = open_checkpoint(next_->note, seals_.known);
    if (!opened || opened->origin != seals_.origin
        || opened->head.size != next_->size)
      found_ = {ledger_flaw::edited, history_.covered() + 1,
                "the checkpoint of " + std::to_string(next_->size)
                  + " records is not what a known key signed"};
    else
      found_ = history_.signed_head(hasher, tree, opened->head);
    look_for_checkpoint(tree.size() + 1);
  }

  ledger_verdict finish() {
    auto result = verifier_.finish();
    auto read = verifier_.edge().size();
    if (result.intact && !found_ && next_)
      found_
        = {ledger_flaw::truncated, read + 1,
           "a checkpoint covers " + std::to_string(next_->size) + " records"};
    if (result.intact && !found_)
      found_ = history_.finish(read);
    result.checkpoints = history_.heads();
    result.anchors = history_.anchors();
    if (!found_ || !result.intact)
      return result;
    result.intact = false;
    result.first_bad_seq = found_.seq;
    result.flaw = found_.flaw;
    result.problem = std::string{to_string(found_.flaw)} + ": " + found_.words;
    return result;
  }

  uint64_t size_;
  std::function<void(expected<ledger_verdict>)> done_;
  seal_view seals_;
  std::string_view anchors_left_;
  std::vector<checkpoint> anchors_;
  ledger_verifier verifier_;
  signed_history history_;
  uint64_t last_checkpoint_ = 0;
  std::optional<stored_checkpoint> next_;
  ledger_finding found_;
  status trouble_ = unit{};
  bool begun_ = false;
};

} // namespace

std::unique_ptr<long_read>
make_verify(uint64_t size, seal_view seals,
            std::function<void(expected<ledger_verdict>)> done) {
  return std::make_unique<verify_read>(size, std::move(seals), std::move(done));
}

} // namespace byollm
